"""Derived counters: added, changed. Fleet keeps the counter, the formula decides its total."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from hangarlink.fleet.actions import add_counter
from hangarlink.fleet.ledger.lock import lock_aircraft
from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.fleet.vocabulary import CounterKind
from hangarlink.maintenance.programme import events
from hangarlink.maintenance.programme.derived_counters import refresh
from hangarlink.maintenance.programme.models import Requirement
from hangarlink.maintenance.programme.rules.binding import CounterOnBoard, bind
from hangarlink.maintenance.programme.rules.checks import EARLIEST
from hangarlink.maintenance.programme.rules.formulas import (
    Formula,
    counters_in,
    from_json,
    named,
    requirements_in,
    to_json,
)
from hangarlink.maintenance.programme.texts import reason_given
from hangarlink.maintenance.programme.usage import on_usage
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor, require

_KINDS = {"seconds": CounterKind.OTHER_HOURS, "count": CounterKind.OTHER_COUNT}


@transaction.atomic
def derive_counter(
    aircraft: Aircraft,
    *,
    name: str,
    formula: Mapping[str, Any],
    acting_user: Actor,
    unit: str = "seconds",
    display: str | None = None,
) -> Counter:
    """Add a counter that follows from others of the aircraft by a formula (`rules.formulas`).

    formula  names counters by name or kind and requirements by reference
    unit     `seconds` or `count`: what the formula gives

    Events: counter.added, counter.formula_set, due.state_changed. Raises RuleBroken for a counter or requirement that
    does not exist, another derived counter, and what the formula may not be.
    """
    require(acting_user, "programme.edit")
    if unit not in _KINDS:
        raise RuleBroken(f"unit: {unit!r} must be seconds or count.", field="unit")
    checked = _bound(aircraft, from_json(dict(formula)))
    counter = add_counter(aircraft, kind=_KINDS[unit], name=name, display=display, acting_user=acting_user)
    _set(counter, checked, acting_user)
    return counter


@transaction.atomic
def change_formula(counter: Counter, *, formula: Mapping[str, Any], reason: str, acting_user: Actor) -> Counter:
    """Work a derived counter out by another formula, also for the past.

    Events: counter.formula_set, due.state_changed.
    """
    require(acting_user, "programme.edit")
    reason = reason_given(reason)
    lock_aircraft([counter.of_aircraft])
    found = Counter.objects.select_related("aircraft").filter(pk=counter.pk, formula__isnull=False).first()
    if found is None or found.aircraft is None:
        raise Missing("There is no such derived counter in this account.")
    _set(found, _bound(found.aircraft, from_json(dict(formula))), acting_user, reason=reason)
    return found


def _set(counter: Counter, formula: Formula, acting_user: Actor, *, reason: str = "") -> None:
    old, new = counter.formula, to_json(formula)
    counter.formula = new
    counter.save(update_fields=["formula"])
    moved = refresh([counter], {counter.id: datetime.combine(EARLIEST.date(), EARLIEST.time(), UTC)})
    record(acting_user, counter, "formula set", old={"formula": old}, new={"formula": new, "reason": reason})
    announce(events.CounterFormulaSet(counter.id, counter.of_aircraft))
    on_usage(moved, acting_user=acting_user)


def _bound(aircraft: Aircraft, formula: Formula) -> Formula:
    """The formula with ids for names. Refuses what does not exist, naming it."""
    on_board = list(Counter.objects.filter(aircraft=aircraft))
    plain = [one for one in on_board if one.formula is None]
    names = counters_in(formula)
    ids = {str(one.id): str(one.id) for one in plain}
    counters = bind(names, [CounterOnBoard(one.id, one.kind, one.name) for one in plain]) | ids
    derived = {name for one in on_board if one.formula is not None for name in (str(one.id), one.name)}
    for name in sorted(names - counters.keys()):
        if name in derived:
            raise RuleBroken(f"{name} is a derived counter itself. Use the counters it follows from.", field="formula")
        known = ", ".join(sorted(one.name for one in plain)) or "none"
        raise RuleBroken(
            f"{aircraft.registration} has no single counter {name!r}; its counters: {known}.", field="formula"
        )
    wanted = requirements_in(formula)
    found = Requirement.objects.filter(reference__in=wanted).values_list("reference", "id")
    requirements = {reference: str(pk) for reference, pk in found}
    requirements |= {str(pk): str(pk) for pk in Requirement.objects.values_list("id", flat=True) if str(pk) in wanted}
    for name in sorted(wanted - requirements.keys()):
        raise RuleBroken(f"There is no requirement {name!r} to count.", field="formula")
    return named(formula, counters, requirements)
