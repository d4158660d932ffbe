"""Counters of an aircraft."""

from collections.abc import Sequence
from typing import Any, TypedDict, Unpack

from django.db import transaction
from django.db.models import Max

from hangarlink.fleet import events
from hangarlink.fleet.actions.refusing import existing, refusing
from hangarlink.fleet.derived import aircraft_changed
from hangarlink.fleet.ledger.lock import lock_aircraft
from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.fleet.rules import texts
from hangarlink.fleet.rules.counters import CounterPlan, check_kind_change, check_plans, plan
from hangarlink.fleet.vocabulary import CounterKind
from hangarlink.platform.audit.actions import changes, entry, record, record_many
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.events.actions import announce, announce_many
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account


class CounterValues(TypedDict, total=False):
    """What may be changed on a counter. The kind only to one of the same unit.

    daily_rate  planned use per day, in seconds or counts; None takes the average of the recent past
    """

    kind: str
    name: str
    display: str
    slot: str | None
    position: int
    daily_rate: int | None


@transaction.atomic
def add_counter(
    aircraft: Aircraft,
    *,
    kind: str,
    name: str = "",
    display: str | None = None,
    slot: str | None = None,
    acting_user: Actor,
) -> Counter:
    """Add a counter; its total is unknown until an opening balance or a reading says it. Event: counter.added.

    name, display  what is usual for the kind when left out
    slot           which of FlightLogger's logs it is: primary, secondary, tertiary

    Raises RuleBroken for a name or slot that another counter of the aircraft has, or a display that does not fit.
    """
    return add_planned(aircraft, [plan(kind, name=name, display=display, slot=slot)], acting_user=acting_user)[0]


@transaction.atomic
def add_planned(aircraft: Aircraft, plans: Sequence[CounterPlan], *, acting_user: Actor) -> list[Counter]:
    """Add several counters at once. Event: counter.added for each."""
    require(acting_user, "fleet.edit")
    check_plans(plans)
    if not lock_aircraft([aircraft.id]):
        raise Missing("There is no such aircraft in this account.")
    last = Counter.objects.filter(aircraft=aircraft).aggregate(last=Max("position"))["last"] or 0
    added = [
        Counter(
            account=current_account(), aircraft=aircraft, kind=p.kind, name=p.name, unit=p.kind.unit,
            display=p.display, slot=p.slot or "", position=position,
        )
        for position, p in enumerate(plans, last + 1)
    ]  # fmt: skip
    with refusing(_once(", ".join(p.name for p in plans), ", ".join(p.slot for p in plans if p.slot))):
        Counter.objects.bulk_create(added)
    record_many(entry(acting_user, counter, "added", new=_values(counter)) for counter in added)
    announce_many(events.CounterAdded(counter.id, aircraft.id, str(counter.kind)) for counter in added)
    aircraft_changed([aircraft.id], acting_user=acting_user)
    return added


@transaction.atomic
def change_counter(counter: Counter, *, acting_user: Actor, **values: Unpack[CounterValues]) -> Counter:
    """Change the given values and leave the others. Event: counter.changed, unless nothing differs."""
    require(acting_user, "fleet.edit")
    lock_aircraft([counter.of_aircraft])
    counter = existing(Counter.objects.filter(pk=counter.pk), "counter")
    old, new = changes(counter, _checked(counter, values))
    if not new:
        return counter
    for name, value in new.items():
        setattr(counter, name, value)
    with refusing(_once(counter.name, counter.slot)):
        counter.save(update_fields=list(new))
    record(acting_user, counter, "changed", old=old, new=new)
    announce(events.CounterChanged(counter.id, counter.of_aircraft, tuple(sorted(new))))
    if new.keys() & {"kind", "name"}:
        aircraft_changed([counter.of_aircraft], acting_user=acting_user)
    return counter


def _checked(counter: Counter, values: CounterValues) -> dict[str, Any]:
    """The values as they are stored, checked together with those that stay."""
    kind = texts.word(CounterKind, values.get("kind", counter.kind), field="kind")
    check_kind_change(CounterKind(counter.kind), kind)
    planned = plan(
        kind,
        name=values.get("name", counter.name),
        display=values.get("display", counter.display),
        slot=values.get("slot", counter.slot) or None,
    )
    checked: dict[str, Any] = {
        "kind": planned.kind.value, "name": planned.name, "display": planned.display.value, "slot": planned.slot or "",
    }  # fmt: skip
    for name in ("position", "daily_rate"):
        if name in values:
            checked[name] = _small(name, values[name])
    return checked


def _small(name: str, value: int | None) -> int | None:
    largest = 32_767 if name == "position" else 2_147_483_647
    if value is None and name == "daily_rate":
        return None
    if type(value) is not int or not 0 <= value <= largest:
        raise RuleBroken(f"{value!r} is not a whole number from 0 to {largest}.", field=name)
    return value


def _values(counter: Counter) -> dict[str, Any]:
    return {name: str(getattr(counter, name)) for name in ("kind", "name", "display", "slot")}


def _once(name: str, slot: str) -> dict[str, tuple[str, str]]:
    return {
        "counter_name_once": ("name", f"The aircraft already has a counter of this name: {name}. Choose another name."),
        "counter_slot_once": ("slot", f"Another counter is the {slot} log already. Free it there first."),
    }
