"""Why is this defect not where I expect it, or there twice?"""

from collections.abc import Iterator
from uuid import UUID

from hangarlink.integration.diagnose.making import counted, listed, reads_technical, report, when
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
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.integration.synclog.vocabulary import Flow, State
from hangarlink.integration.synclog.vocabulary import Kind as RunKind
from hangarlink.maintenance.defects.models import Defect
from hangarlink.platform.applications.models import Application
from hangarlink.platform.applications.scopes import Scope
from hangarlink.platform.errors import Missing
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account

BY_HAND = "manual"


def diagnose_defect(defect_id: UUID, *, acting_user: Actor) -> Report:
    """Raises Missing, and NotPermitted without defects.view and integrations.view."""
    require(acting_user, "defects.view")
    require(acting_user, "integrations.view")
    defect = Defect.objects.select_related("aircraft").filter(pk=defect_id).first()
    if defect is None:
        raise Missing("There is no such defect in this account.")
    name = f"Defect {defect.number} of {defect.aircraft}"
    return report(Kind.DEFECT, defect.pk, name, "Why does this defect not sync?", _checks(defect, acting_user))


def _checks(defect: Defect, actor: Actor) -> Iterator[Check]:
    program = Application.objects.filter(source=defect.source, revoked_at__isnull=True).first()
    yield _came(defect, program)
    yield _account(defect)
    yield _scopes(defect, program)
    yield _aircraft(defect)
    yield _matched(defect)
    yield _doubled(defect)
    yield _due_date(defect)
    yield _calls(program, actor)
    yield _state(defect)


def _came(defect: Defect, program: Application | None) -> Check:
    question = "How did it come here?"
    if defect.source == BY_HAND:
        return passed(Step.FLOW, question, f"Reported here by hand, {when(defect.recorded_at)}. It is not sent back.")
    who = program.name if program else "a program whose access was revoked"
    evidence = f"Reported by {who} through the API, {when(defect.recorded_at)}. Later reports only fill gaps."
    return passed(Step.FLOW, question, evidence)


def _account(defect: Defect) -> Check:
    account = current_account()
    evidence = f"It belongs to {account.name} ({account.subdomain})."
    place = Place(Page.DEFECT, f"Defect {defect.number}", (str(defect.pk),))
    return passed(Step.ACCOUNT, "Is it in the right account?", evidence, place)


def _scopes(defect: Defect, program: Application | None) -> Check:
    question = "May the program that reported it read and report defects?"
    if defect.source == BY_HAND:
        return not_applicable(Step.RIGHTS, question, "No program reported it.")
    if program is None:
        mend = "Create an application and let it take over from the old one."
        return failed(Step.RIGHTS, question, "Its access was revoked.", mend)
    place = Place(Page.APPLICATION, program.name, (str(program.pk),))
    lacking = {Scope.DEFECTS_READ.value, Scope.DEFECTS_WRITE.value} - set(program.scopes)
    if lacking:
        mend = "Add the scope if it needs it; tokens get it when they are requested anew."
        return failed(Step.RIGHTS, question, f"{program.name} lacks {listed(sorted(lacking))}.", mend, place)
    return passed(Step.RIGHTS, question, f"{program.name} holds defects_read and defects_write.", place)


def _aircraft(defect: Defect) -> Check:
    aircraft = defect.aircraft
    evidence = f"Call sign {aircraft.call_sign or 'none'}, registration {aircraft.registration}."
    place = Place(Page.AIRCRAFT, str(aircraft), (str(aircraft.pk),))
    return passed(Step.MATCHING, "On which aircraft?", evidence, place)


def _matched(defect: Defect) -> Check:
    question = "By what is it recognised when it is reported again?"
    evidence = "Its description and the UTC date of its report, on the same aircraft"
    if defect.external_id:
        evidence = f"The reporter's id {defect.external_id!r}, then {evidence[0].lower()}{evidence[1:]}"
    return passed(Step.MATCHING, question, f"{evidence}. This is best effort: an external id is no permanent key.")


def _doubled(defect: Defect) -> Check:
    question = "Is the same defect here twice?"
    same = Defect.objects.filter(description_key=defect.description_key).exclude(pk=defect.pk)
    found = list(same.select_related("aircraft").order_by("number")[:6])
    if not found:
        return passed(Step.OUTCOME, question, "No other defect has this description.")
    names = listed(f"{one.number} on {one.aircraft} of {when(one.reported_at)}" for one in found)
    mend = (
        "Compare aircraft, date, reporter and external id: a report with another of these was taken for a new defect. "
        "Look before anything is closed."
    )
    place = Place(Page.DEFECT, f"Defect {found[0].number}", (str(found[0].pk),))
    return failed(Step.OUTCOME, question, f"The same description: {names}.", mend, place)


def _due_date(defect: Defect) -> Check:
    question = "Did it come with a due date?"
    if defect.due_date is None:
        return not_applicable(Step.PAYLOAD, question, "No due date was reported (due_date, YYYY-MM-DD).")
    return passed(Step.PAYLOAD, question, f"{defect.due_date:%d %b %Y}.")


def _calls(program: Application | None, actor: Actor) -> Check:
    question = "Were reports of defects refused?"
    rows = SyncRun.objects.filter(kind=RunKind.CALL, flow=Flow.DEFECTS)
    if program is not None:
        rows = rows.filter(application_id=program.pk)
    newest = rows.order_by("-requested_at").first()
    if newest is None:
        return not_applicable(Step.LOG, question, "The log has no call about defects.")
    place = Place(Page.SYNC_RUN, "The last call", (str(newest.pk),))
    if newest.state == State.FAILED:
        technical = newest.technical if reads_technical(actor) else ""
        evidence = f"The last one, {when(newest.requested_at)}: {newest.summary or newest.code}"
        return failed(Step.LOG, question, evidence, "Correct what the program sends.", place, technical)
    refused = rows.filter(state=State.FAILED).count()
    evidence = f"The last one succeeded {when(newest.requested_at)}; {counted(refused, 'earlier one')} refused."
    return passed(Step.LOG, question, evidence, place)


def _state(defect: Defect) -> Check:
    return passed(Step.SETUP, "What became of it?", f"It is {defect.status}.")
