"""A maintenance programme of the demo: one revision in force, the next one in review. An example, not for use."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any, cast

from hangarlink.cli.seeding.programme import HOUR, every, first, months
from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.fleet.vocabulary import CounterKind
from hangarlink.maintenance.amp.actions import (
    activate_revision,
    add_programme,
    approve_revision,
    assign_programme,
    draft_revision,
    put_task,
    submit_revision,
)
from hangarlink.maintenance.amp.actions.tasks import TaskValues
from hangarlink.maintenance.amp.examples import NOT_FOR_USE, take_example
from hangarlink.maintenance.amp.models import Programme, Revision, TaskRequirement
from hangarlink.maintenance.amp.report import report_of
from hangarlink.maintenance.programme.actions import record_accomplishment
from hangarlink.maintenance.programme.actions.modifications import record_modification
from hangarlink.platform.people.permissions import Actor

REGISTRATION, CODE = "OY-PCT", "AMP-PC12"
FH = CounterKind.AIRBORNE
SOURCE = {"source_document": "Example programme PC-12/47E", "source_paragraph": "05-20"}


def _task(title: str, schedule: dict[str, Any], **more: Any) -> TaskValues:
    said = {"title": title, "mandatory_class": "programme", "schedule": schedule, "ata": "05-20", **SOURCE, **more}
    return cast(TaskValues, said)


TASKS = {
    "600FH": _task("600 FH or 12 months package", first(every(600, FH), months(12, to_month_end=True))),
    "BATTERY": _task("Battery capacity check", first(every(150, FH), months(6))),
    "OXYGEN-PRE": _task("Oxygen lines, visual check", first(months(12)), effectivity={"pre": ["SB 35-004"]}),
    "OXYGEN-POST": _task("Oxygen lines after SB 35-004", first(months(24)), effectivity={"post": ["SB 35-004"]}),
}
# Days before the opening, and hours flown in between.
DONE = {"600FH": (60, 88), "BATTERY": (60, 88), "OXYGEN-POST": (200, 0)}


def seed_programmes(fleet: Mapping[str, Aircraft], opened_at: datetime, acting_user: Actor) -> None:
    """The programme of the demo's PC-12, with what was done under it, and an example to look at."""
    aircraft = fleet[REGISTRATION]
    record_modification(
        aircraft, "SB 35-004", embodied_on=_before(opened_at, 900), title="Oxygen lines replaced",
        approval="CRS 22-118", acting_user=acting_user,
    )  # fmt: skip
    made = add_programme(
        code=CODE, name="Pilatus PC-12/47E", is_example=True, description=NOT_FOR_USE, acting_user=acting_user
    )
    assign_programme(made, aircraft.aircraft_model, acting_user=acting_user)
    _in_force(made, acting_user)
    _history(made, aircraft, opened_at, acting_user)
    draft = draft_revision(made, summary="Battery check halved after two findings", acting_user=acting_user)
    halved = TASKS["BATTERY"] | {"schedule": first(every(75, FH), months(6))}
    put_task(draft, "BATTERY", acting_user=acting_user, **halved)
    submit_revision(draft, acting_user=acting_user)
    take_example("mip", acting_user=acting_user)


def _in_force(made: Programme, acting_user: Actor) -> Revision:
    draft = draft_revision(made, summary="First issue", acting_user=acting_user)
    for reference, task in TASKS.items():
        put_task(draft, reference, acting_user=acting_user, **task)
    submit_revision(draft, acting_user=acting_user)
    digest = report_of(draft, acting_user=acting_user).digest
    approve_revision(draft, digest=digest, reference="Demo approval 1", acting_user=acting_user)
    return activate_revision(draft, acting_user=acting_user)


def _history(made: Programme, aircraft: Aircraft, opened_at: datetime, acting_user: Actor) -> None:
    """What was done before the opening day, as the logbook has it."""
    counter = Counter.objects.get(aircraft=aircraft, kind=FH)
    tasks = TaskRequirement.objects.filter(programme=made, reference__in=DONE).select_related("requirement")
    for one in tasks.order_by("reference"):
        days, flown = DONE[one.reference]
        record_accomplishment(
            one.requirement, aircraft, performed_at=opened_at - timedelta(days=days),
            values={counter.pk: (counter.total or 0) - flown * HOUR} if flown else {},
            certificate=f"CRS {one.reference}", acting_user=acting_user,
        )  # fmt: skip


def _before(opened_at: datetime, days: int) -> date:
    return (opened_at - timedelta(days=days)).date()
