"""The retry table at work: one call, repeated, put off or given up, on whatever transport."""

from collections.abc import Callable
from typing import TypeVar

from hangarlink.integration.connections.classifying import Forbidden
from hangarlink.integration.connections.keys import Keys
from hangarlink.integration.connections.pace import Pace
from hangarlink.integration.connections.rules import GiveUp, Later, after_failure
from hangarlink.integration.connections.traffic.valve import Closed, Valve
from hangarlink.integration.contract import AuthFailed, PartnerError, redact

T = TypeVar("T")


class PutOff(PartnerError):
    """The run goes on later: `seconds` from now. Carries the failure that asked for it."""

    code = "put_off"

    def __init__(self, cause: PartnerError, seconds: float) -> None:
        super().__init__(str(cause), detail=cause.detail)
        self.seconds = seconds
        self.cause_code = cause.code


class Repeating:
    """What stands between a connector's call and the wire.

    deferrals  how often the run was put off before; waits without an announced length grow with it
    """

    def __init__(self, keys: Keys, *, pace: Pace, valve: Valve, deferrals: int = 0) -> None:
        self._keys, self._pace, self._valve, self._deferrals = keys, pace, valve, deferrals

    def __call__(self, work: Callable[[], T]) -> T:
        """Do the work until it succeeds. Raises the error it is given up with, or PutOff; both redacted."""
        failures, is_renewed = 0, False
        while True:
            self._wait()
            try:
                done = work()
            except PartnerError as error:
                failure = error
                if not is_renewed and isinstance(error, AuthFailed) and not isinstance(error, Forbidden):
                    is_renewed, obstacle = self._renewed(error)
                    if obstacle is None:
                        continue
                    failure = obstacle
                seconds = self._after(failure, failures)
                failures += 1
                self._pace.sleep(seconds)
            else:
                self._valve.told(None, is_final=True)
                return done

    def _wait(self) -> None:
        try:
            seconds = self._valve.wait()
        except Closed as closed:
            raise PutOff(closed, max(closed.seconds, 1.0)) from None
        if seconds > 0:
            self._pace.sleep(seconds)

    def _renewed(self, refused: PartnerError) -> tuple[bool, PartnerError | None]:
        """(whether that was the one renewal, None to try with new keys or what stands in the way).

        Source: requirements/3, "Authentication: refresh token and retry once". A token endpoint that does not answer is
        a failure like any other; the renewal is still to come then.
        """
        try:
            return True, None if self._keys.renew() else refused
        except PartnerError as error:
            return isinstance(error, AuthFailed), error

    def _after(self, error: PartnerError, failures: int) -> float:
        """Seconds until the next try, or the error that ends it."""
        decision = after_failure(error, failures=failures, deferrals=self._deferrals)
        self._valve.told(error, is_final=isinstance(decision, GiveUp))
        if isinstance(decision, GiveUp):
            raise self.redacted(error) from None
        if isinstance(decision, Later):
            raise PutOff(self.redacted(error), decision.seconds) from None
        return decision.seconds

    def redacted(self, error: PartnerError) -> PartnerError:
        texts = self._keys.texts()
        error.detail = redact(error.detail, texts)
        error.args = (redact(str(error), texts),)
        return error
