"""`World`: a school with a recipe, so that it can be made in one call and put back as it was."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from hangarlink.sandbox.flightlogger import demo, synthetic
from hangarlink.sandbox.flightlogger.fleet import HISTORY_STARTS
from hangarlink.sandbox.flightlogger.school import Clock, Refused, School, utc_now

__all__ = ["Refused", "World"]

SHORTEST_HISTORY = timedelta(days=30)


class World(School):
    """One FlightLogger account that a test or a demo can make things happen in (verbs: see `School`).

    With `now` the clock stands still until `advance` is called; without, it is the real one and the demo school goes
    on flying while you watch.
    """

    def __init__(
        self,
        *,
        company: str = "Skyline Flight School",
        subdomain: str = "demo",
        now: datetime | None = None,
        recipe: Callable[[School], None] | None = None,
    ) -> None:
        self._started_at = self._stands_at = now
        self._recipe = recipe
        super().__init__(company=company, subdomain=subdomain, clock=self._clock(now))
        self.reset()

    @classmethod
    def demo(
        cls,
        *,
        now: datetime | None = None,
        since: date | None = None,
        days: int | None = None,
        aircraft: int | None = None,
        seed: str = demo.SEED,
    ) -> "World":
        """Skyline Flight School, its history from `since` (or `days` ago, or 1 June 2026) to now.

        aircraft  only the first so many of the fleet
        """
        moment = now or utc_now()
        if since is None:
            since = HISTORY_STARTS if days is None else moment.date() - timedelta(days=days)
            if days is None and moment - datetime.combine(since, datetime.min.time(), UTC) < SHORTEST_HISTORY:
                since = moment.date() - timedelta(days=120)
        start = since
        return cls(now=now, recipe=lambda school: demo.fill(school, since=start, aircraft=aircraft, seed=seed))

    @classmethod
    def synthetic(cls, *, flights: int = 50_000, aircraft: int = 50, now: datetime | None = None) -> "World":
        """A school of any size for benchmarks, see `synthetic.fill`."""
        return cls(
            company="Synthetic Air",
            subdomain="synthetic",
            now=now or utc_now(),
            recipe=lambda school: synthetic.fill(school, flights=flights, aircraft=aircraft),
        )

    def reset(self) -> None:
        """Everything as it was at the start."""
        with self.lock:
            self.clear()
            self._stands_at = self._started_at
            if self._recipe is not None:
                self._recipe(self)

    def advance(self, **by: float) -> None:
        """Move a standing clock, e.g. `advance(hours=3)`; planned flights that end meanwhile happen."""
        if self._stands_at is None:
            raise Refused("this world runs on the real clock")
        self._stands_at += timedelta(**by)
        self.catch_up()

    def _clock(self, now: datetime | None) -> Clock:
        return utc_now if now is None else lambda: self._stands_at or utc_now()
