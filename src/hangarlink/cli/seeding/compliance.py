"""Directives of the demo fleet: complied with, out of range, and one that nobody assessed. Not for operational use."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.fleet.vocabulary import CounterKind
from hangarlink.maintenance.compliance import actions
from hangarlink.maintenance.compliance.models import Directive
from hangarlink.maintenance.programme.actions import record_accomplishment
from hangarlink.platform.people.permissions import Actor

HOUR = 3600
# Aircraft, days before the opening day, hours flown in between.
SEATS_DONE = (("OY-SKA", 38, 71), ("OY-SKB", 25, 48))


def seed_compliance(fleet: Mapping[str, Aircraft], opened_at: datetime, acting_user: Actor) -> int:
    """Take over two examples and enter a bulletin; returns how many directives there are."""
    seats = actions.take_example(
        "2011-10-09", aircraft_models=[fleet["OY-SKA"].aircraft_model], acting_user=acting_user
    )
    for registration, days, hours in SEATS_DONE:
        _complied(seats, fleet[registration], opened_at - timedelta(days=days), hours * HOUR, acting_user)
    # The Warrior is out of it; the Archer was not assessed, so the board says that it is unknown.
    models = [fleet[registration].aircraft_model for registration in ("OY-PIA", "OY-PIB")]
    spar = actions.take_example("2020-26-16", aircraft_models=models, acting_user=acting_user)
    actions.assess_not_applicable(
        spar, fleet["OY-PIA"], because="other", acting_user=acting_user,
        reason="Less than 5,000 h TIS, original spar, records complete since new",
    )  # fmt: skip
    actions.add_product(_bulletin(acting_user), aircraft_model=fleet["OY-SRA"].aircraft_model, acting_user=acting_user)
    return Directive.objects.count()


def _complied(directive: Directive, aircraft: Aircraft, done_at: datetime, flown: int, acting_user: Actor) -> None:
    actions.assess_applicable(
        directive, aircraft, method="Inspected with the 100-hour inspection", acting_user=acting_user
    )
    requirement = directive.paragraphs.get().requirement
    airborne = Counter.objects.filter(aircraft=aircraft, kind=CounterKind.AIRBORNE.value).first()
    if requirement is None or airborne is None or airborne.total is None:
        return
    record_accomplishment(
        requirement, aircraft, performed_at=done_at, values={airborne.pk: airborne.total - flown},
        certificate=f"CRS {done_at:%y%m%d}-AD", acting_user=acting_user,
    )  # fmt: skip


def _bulletin(acting_user: Actor) -> Directive:
    made = actions.add_directive(
        kind="sb", issuer="Example manufacturer", number="SB2X-25-01", subject="Seat belt anchors (example)",
        note="An invented bulletin: it recommends and makes nothing unknown.", is_example=True, acting_user=acting_user,
    )  # fmt: skip
    actions.add_paragraph(
        made, title="Inspect the anchors", acting_user=acting_user,
        schedule={"repeat": {"kind": "calendar", "unit": "months", "every": 12}},
    )  # fmt: skip
    return made
