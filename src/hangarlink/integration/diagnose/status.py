"""Why is the maintenance status of this aircraft what it is? Sync is only one of the answers."""

from collections.abc import Iterator
from uuid import UUID

from hangarlink.fleet.queries import FleetRow, fleet
from hangarlink.integration.diagnose.aircraft import configured, usage
from hangarlink.integration.diagnose.making import counted, report
from hangarlink.integration.diagnose.report import (
    Check,
    Kind,
    Page,
    Place,
    Report,
    Step,
    failed,
    not_applicable,
    passed,
)
from hangarlink.maintenance.defects.queries import open_counts
from hangarlink.maintenance.programme.queries.board import BoardRow, board
from hangarlink.maintenance.programme.rules.airworthiness import Airworthiness, Ground
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.platform.errors import Missing
from hangarlink.platform.people.permissions import Actor, require

ITEM = "item_"
_OWN = {"usage_stale", "no_programme", "not_assessed"}
MOST = 10


def diagnose_status(aircraft_id: UUID, *, acting_user: Actor) -> Report:
    """Raises Missing, and NotPermitted without fleet.view and programme.view."""
    require(acting_user, "fleet.view")
    require(acting_user, "programme.view")
    rows = fleet([aircraft_id])
    if not rows:
        raise Missing("There is no such aircraft in this account.")
    known = board([aircraft_id])[aircraft_id]
    question = f"Why is its status {_word(known.state)}?"
    checks = _checks(rows[0], known, acting_user)
    return report(Kind.STATUS, aircraft_id, str(rows[0].aircraft), question, checks)


def _checks(row: FleetRow, known: BoardRow, actor: Actor) -> Iterator[Check]:
    yield usage(row, Step.STATE)
    yield configured(row)
    yield _programme(row, known)
    yield _baselines(row, known)
    yield from _grounds(known)
    yield from _elsewhere(known)
    yield _defects(row, actor)


def _programme(row: FleetRow, known: BoardRow) -> Check:
    question = "Do active requirements apply to it?"
    place = Place(Page.REQUIREMENTS, "Requirements")
    codes = {ground.code for ground in known.grounds}
    if "no_programme" in codes:
        evidence = "No requirement applies to it, so nothing can be said: that is unknown, not fine."
        return failed(Step.SETUP, question, evidence, "Apply requirements to it or to its model.", place)
    if "not_assessed" in codes:
        evidence = "A requirement applies and has no due item yet."
        return failed(Step.SETUP, question, evidence, "Open the requirement and assess it for this aircraft.", place)
    return passed(Step.SETUP, question, f"{counted(sum(known.counts.values()), 'open item')}.", _due_list(row))


def _baselines(row: FleetRow, known: BoardRow) -> Check:
    question = "Is it known of each item when it was last done?"
    unknown = known.counts.get(State.UNKNOWN, 0)
    if not unknown:
        return passed(Step.SETUP, question, "Every item has what it needs to be computed.")
    evidence = f"{counted(unknown, 'item')} cannot be computed."
    mend = "Open each: its explanation says what is missing. Record when the work was done, or the counter's total."
    return failed(Step.SETUP, question, evidence, mend, _due_list(row))


def _grounds(known: BoardRow) -> Iterator[Check]:
    """Every due item that is a reason for the state, worst first."""
    items = [ground for ground in known.grounds if ground.code.startswith(ITEM)]
    question = "Is every due item within its limits?"
    if not items:
        yield passed(Step.STATE, question, "None is overdue, due or due soon.")
    for ground in items[:MOST]:
        yield _item(question, ground)
    if len(items) > MOST:
        more = f"{len(items) - MOST} more items are reasons for it, too."
        yield failed(Step.STATE, question, more, "See the due list.", Place(Page.DUE_LIST, "Due list"))


def _item(question: str, ground: Ground) -> Check:
    state = ground.code.removeprefix(ITEM).replace("_", " ")
    source = f" Demanded by {ground.source}." if ground.source else ""
    place = Place(Page.DUE_ITEM, "Its explanation", (ground.subject,))
    evidence = f"{ground.reference} {ground.title}".strip() + f" is {state}.{source}"
    return failed(Step.STATE, question, evidence, "Its page shows the arithmetic. Record the work when done.", place)


def _elsewhere(known: BoardRow) -> Iterator[Check]:
    """What other rooms have against it, such as a directive that nobody assessed."""
    found = [one for one in known.grounds if not one.code.startswith(ITEM) and one.code not in _OWN]
    question = "Does anything else speak against it?"
    if not found:
        yield passed(Step.STATE, question, "No other reason is on record.")
    for ground in found[:MOST]:
        source = f" Source: {ground.source}." if ground.source else ""
        said = ground.said or f"{ground.reference} {ground.title}".strip()
        place = Place(Page.GROUND, "What it is about", (ground.code, ground.subject))
        yield failed(Step.STATE, question, f"{said}.{source}", "Its page says what can be done.", place)
    if len(found) > MOST:
        yield failed(Step.STATE, question, f"{len(found) - MOST} more reasons of this kind.", "")


def _defects(row: FleetRow, actor: Actor) -> Check:
    question = "Are defects open?"
    if not actor.may("defects.view"):
        return not_applicable(Step.STATE, question, "You may not see defects.")
    count = open_counts([row.aircraft.pk]).get(row.aircraft.pk, 0)
    if not count:
        return passed(Step.STATE, question, "No defect is open or deferred.")
    evidence = f"{counted(count, 'defect')} not rectified. An open defect does not change the status by itself here."
    place = Place(Page.DEFECTS, "Its defects", (str(row.aircraft.pk),))
    return failed(Step.STATE, question, evidence, "Assess each of them.", place)


def _due_list(row: FleetRow) -> Place:
    return Place(Page.DUE_LIST, "Due list", (str(row.aircraft.pk),))


def _word(state: Airworthiness) -> str:
    return state.code.replace("_", " ")
