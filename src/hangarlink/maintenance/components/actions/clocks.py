"""What people tell of a component's counters, and the ratings it runs at."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from hangarlink.fleet.actions.refusing import existing, refusing
from hangarlink.fleet.models import Counter
from hangarlink.fleet.rules import texts
from hangarlink.fleet.rules.readings import check_amount, check_moment, check_reason, shown
from hangarlink.fleet.vocabulary import Unit
from hangarlink.maintenance.components import events
from hangarlink.maintenance.components.actions.records import ClockPlan, make_clocks
from hangarlink.maintenance.components.clocks import standings_at
from hangarlink.maintenance.components.derived import components_changed
from hangarlink.maintenance.components.models import Clock, ClockEntry, ClockLink, Component, RatingChange
from hangarlink.maintenance.components.placing import hold, links
from hangarlink.maintenance.components.rules.clock import Contradiction
from hangarlink.maintenance.components.structure import ever_carried
from hangarlink.maintenance.components.vocabulary import EntryKind, Source
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account


@transaction.atomic
def add_clock(component: Component, planned: ClockPlan, *, acting_user: Actor) -> Counter:
    """Give a component another counter; its total is unknown until somebody states it.

    On a component that is installed it is driven from there on; what it ran at places before is unknown.
    """
    require(acting_user, "components.edit")
    held = hold([component.id])
    component, here = held.components[component.id], held.here(component)
    made = make_clocks(component, [planned])
    on = here.aircraft if here.aircraft_id is not None else here.parent
    if on is not None:
        ClockLink.objects.bulk_create(links(component, here, on, {}, clocks=made))
    counter = made[0].counter
    record(acting_user, component, "counter added", new={"name": counter.name, "kind": str(counter.kind)})
    announce(events.ComponentChanged(component.id, ("counters",)))
    components_changed([component.id], acting_user=acting_user)
    return counter


@transaction.atomic
def state_total(
    counter: Counter, *, total: int, at: datetime, by_rating: Mapping[str, int] | None = None,
    reading: int | None = None, source: str = "", acting_user: Actor,
) -> ClockEntry:  # fmt: skip
    """Say where a component's counter stood at a moment, by its papers. Event: component.usage_told.

    by_rating  what of it ran at which rating, for a part whose life depends on that; adds up to the total
    reading    what its own meter showed then, when that is not the total
    source     the paper: certificate, log card

    Raises RuleBroken for a total below what it ran by then: a total never falls.
    """
    desk = _Desk(counter, at, acting_user)
    check_amount(total, desk.unit, field="total")
    shares = {texts.line(name, field="by_rating", limit=20): amount for name, amount in (by_rating or {}).items()}
    for amount in shares.values():
        check_amount(amount, desk.unit, field="by_rating")
    if shares and sum(shares.values()) != total:
        said = shown(sum(shares.values()), desk.unit)
        raise RuleBroken(f"The ratings add up to {said}, the total is {shown(total, desk.unit)}.", field="by_rating")
    if reading is not None:
        check_amount(reading, desk.unit, field="reading")
    return desk.tell(EntryKind.STATED, total, last=reading, by_rating=shares, source=source, field="total")


@transaction.atomic
def record_bench_time(
    counter: Counter, *, amount: int, at: datetime, source: str = "", acting_user: Actor
) -> ClockEntry:
    """Add what a component ran on a bench or in a test that ended at this moment. Event: component.usage_told."""
    desk = _Desk(counter, at, acting_user)
    check_amount(amount, desk.unit, field="amount")
    if amount == 0:
        raise RuleBroken("Nothing ran. Give what the test added.", field="amount")
    return desk.tell(EntryKind.BENCH, amount, source=source, field="amount")


@transaction.atomic
def read_meter(counter: Counter, *, reading: int, at: datetime, source: str = "", acting_user: Actor) -> ClockEntry:
    """Record what the component's own meter showed. Event: component.usage_told.

    Raises RuleBroken for a counter without a meter of its own, and for a reading below what is known by then.
    """
    desk = _Desk(counter, at, acting_user)
    desk.needs_meter()
    check_amount(reading, desk.unit, field="reading")
    return desk.tell(EntryKind.READING, reading, source=source, field="reading")


@transaction.atomic
def replace_meter(
    counter: Counter, *, at: datetime, last_reading: int | None, new_start: int, acting_user: Actor
) -> ClockEntry:
    """Record that the component's own meter was replaced: the total goes on across it. Event: component.usage_told."""
    desk = _Desk(counter, at, acting_user)
    desk.needs_meter()
    check_amount(new_start, desk.unit, field="new_start")
    if last_reading is not None:
        check_amount(last_reading, desk.unit, field="last_reading")
    return desk.tell(EntryKind.METER, new_start, last=last_reading, field="last_reading")


@transaction.atomic
def correct_entry(entry: ClockEntry, *, value: int, reason: str, acting_user: Actor) -> ClockEntry:
    """Put another value in the place of one that was told wrongly. The old one stays on record."""
    return _renew(entry, value, reason, acting_user)


@transaction.atomic
def withdraw_entry(entry: ClockEntry, *, reason: str, acting_user: Actor) -> None:
    """Take back what should not have been told. The row stays, superseded."""
    _renew(entry, None, reason, acting_user)


def _renew(entry: ClockEntry, value: int | None, reason: str, acting_user: Actor) -> ClockEntry:
    reason = check_reason(reason)
    stood = existing(
        ClockEntry.objects.filter(pk=entry.pk, superseded_at__isnull=True).select_related("counter"), "entry"
    )
    desk = _Desk(stood.counter, stood.at, acting_user)
    if value is not None:
        check_amount(value, desk.unit, field="value")
    if value is not None and stood.by_rating and value != stood.value:
        raise RuleBroken("This total is divided over ratings. Withdraw it and state it again.", field="value")
    ClockEntry.objects.filter(pk=stood.pk).update(superseded_at=timezone.now())
    if value is None:
        return desk.close(stood, "withdrawn", field="", old=stood.value, reason=reason)
    row = ClockEntry(
        kind=stood.kind, at=stood.at, sequence=stood.sequence, value=value, last=stood.last, by_rating=stood.by_rating,
        source=stood.source, reason=reason,
    )  # fmt: skip
    desk.save(row)
    return desk.close(row, "corrected", field="value", old=stood.value, reason=reason)


@transaction.atomic
def set_rating(component: Component, *, rating: str, at: datetime, acting_user: Actor) -> RatingChange:
    """Say at which rating a component runs from a moment on, and what it carries with it.

    Event: component.rating_changed. What its life-limited parts ran since then counts at that rating, also for flights
    that are recorded already.
    """
    require(acting_user, "components.record")
    held = hold([component.id])
    check_moment(at, held.now)
    row = RatingChange(
        account=current_account(), component=held.components[component.id],
        rating=texts.line(rating, field="rating", limit=20), at=at, recorded_by=acting_user.id,
    )  # fmt: skip
    if not row.rating:
        raise RuleBroken("Name the rating, such as 22K.", field="rating")
    RatingChange.objects.filter(component=component, at=at, superseded_at__isnull=True).update(superseded_at=held.now)
    row.save(force_insert=True)
    record(acting_user, component, "rating changed", new={"rating": row.rating, "at": at})
    announce(events.RatingChanged(component.id, at))
    components_changed(ever_carried([component.id]), acting_user=acting_user)
    return row


class _Desk:
    """One counter of a component on the desk, with the component and its aircraft held."""

    def __init__(self, counter: Counter, at: datetime, acting_user: Actor) -> None:
        require(acting_user, "components.record")
        self.clock = existing(
            Clock.objects.filter(counter_id=counter.pk).select_related("counter"), "counter of a component"
        )
        self.counter, self.unit = self.clock.counter, Unit(self.clock.counter.unit)
        held = hold([self.clock.component_id])
        self.component, self._at, self._acting_user = held.components[self.clock.component_id], at, acting_user
        check_moment(at, held.now)
        self._stood = {one.ref for one in self._contradictions()}

    def needs_meter(self) -> None:
        if self.clock.source != Source.METER:
            raise RuleBroken(
                f"{self.counter.name} has no meter of its own: what {self.component} is installed on drives it. State "
                "its total instead, with the paper it stands in."
            )

    def tell(
        self, kind: EntryKind, value: int, *, last: int | None = None, by_rating: Mapping[str, int] | None = None,
        source: str = "", field: str,
    ) -> ClockEntry:  # fmt: skip
        """Write it behind those of the same instant, unless that very thing is on record."""
        same = ClockEntry.objects.filter(counter=self.counter, at=self._at, superseded_at__isnull=True)
        for one in same:
            if (one.kind, one.value, one.last, one.by_rating) == (kind, value, last, dict(by_rating or {})):
                return one
        row = ClockEntry(
            kind=kind, at=self._at, value=value, last=last, by_rating=dict(by_rating or {}),
            source=texts.line(source, field="source", limit=200),
            sequence=max((one.sequence + 1 for one in same), default=0),
        )  # fmt: skip
        self.save(row)
        return self.close(row, "told", field=field)

    def save(self, row: ClockEntry) -> None:
        row.account, row.counter = current_account(), self.counter
        row.recorded_by, row.recorded_by_label = self._acting_user.id, self._acting_user.label[:200]
        text = "Something was told of this counter at that very moment just now. Look at it and try again."
        with refusing({"clock_entry_place": ("at", text)}):
            row.save(force_insert=True)

    def close(self, row: ClockEntry, verb: str, *, field: str, old: int | None = None, reason: str = "") -> ClockEntry:
        """Refuse what makes the total fall; record, announce, tell who has to know."""
        self._check(field)
        new = {"counter": self.counter.name, "at": row.at, "value": None if verb == "withdrawn" else row.value,
               "last": row.last, "by_rating": row.by_rating, "source": row.source, "reason": reason}  # fmt: skip
        before = None if old is None else {"value": old}
        record(
            self._acting_user, self.component, f"{row.kind} {verb}", old=before, new={k: v for k, v in new.items() if v}
        )
        announce(events.ComponentUsageTold(self.component.id, self.counter.id, str(row.kind), row.at))
        components_changed(ever_carried([self.component.id]), acting_user=self._acting_user)
        return row

    def _contradictions(self) -> tuple[Contradiction, ...]:
        now = (self.counter.id, timezone.now())
        return standings_at([now])[now].contradictions

    def _check(self, field: str) -> None:
        """What contradicted before, because a flight or a move was corrected, is shown and refuses nothing."""
        for one in self._contradictions():
            if one.ref in self._stood:
                continue
            expected, said = shown(int(one.expected), self.unit), shown(int(one.found), self.unit)
            raise RuleBroken(
                f"On {one.at:%d %b %Y} this says {said}, but {self.counter.name} stood at {expected} by then, and a "
                "total never falls. Check value and time; if something earlier is wrong, correct that one.",
                field=field,
            )
