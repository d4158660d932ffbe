"""Why does this OAuth application not get through?"""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from django.db.models import QuerySet, Sum
from django.utils import timezone

from hangarlink.integration.diagnose.making import listed, reads_technical, report, when
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
from hangarlink.platform.applications.models import Application
from hangarlink.platform.applications.queries import find_application
from hangarlink.platform.applications.scopes import Scope
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account

LATELY = timedelta(days=7)
# Which question an API error code answers. Source: contracts/flightlogger.md, "Error shape".
STEPS = {
    "invalid_token": (Step.RIGHTS, "Request a new token at this account's own /oauth/token."),
    "insufficient_scope": (Step.RIGHTS, "Give the application the scope, then request a new token."),
    "not_found": (Step.MATCHING, "Check call sign, registration or id; dashes, blanks and case must match."),
}
OTHERWISE = (Step.PAYLOAD, "Correct the field that the description names.")


def diagnose_application(application_id: UUID, *, acting_user: Actor) -> Report:
    """Raises Missing, and NotPermitted without applications.manage."""
    require(acting_user, "applications.manage")
    application = find_application(application_id)
    question = "Why does this application not get through?"
    return report(Kind.APPLICATION, application.pk, application.name, question, _checks(application, acting_user))


def _checks(application: Application, actor: Actor) -> Iterator[Check]:
    calls = _calls(application)
    yield _flows(application)
    yield _account(application)
    yield _revoked(application)
    yield scopes_of(application)
    yield _token(application)
    yield from refused_calls(application, actor)
    counts = _recent(calls).aggregate(
        created=Sum("created"), updated=Sum("updated"), skipped=Sum("skipped"), rejected=Sum("rejected")
    )
    yield _outcome({name: count or 0 for name, count in counts.items()}, calls.order_by("-requested_at").first())


def refused_calls(application: Application, actor: Actor) -> Iterator[Check]:
    """The newest refusal of each kind. One query."""
    refused = _recent(_calls(application)).filter(state=State.FAILED)
    problems = [_problem(run, actor) for run in refused.order_by("code", "-requested_at").distinct("code")]
    if not problems:
        yield passed(Step.PAYLOAD, "Were its calls refused?", "None in the last 7 days.")
    yield from problems


def _calls(application: Application) -> QuerySet[SyncRun]:
    return SyncRun.objects.filter(application_id=application.pk, kind=RunKind.CALL)


def _recent(calls: QuerySet[SyncRun]) -> QuerySet[SyncRun]:
    return calls.filter(requested_at__gte=timezone.now() - LATELY)


def _flows(application: Application) -> Check:
    flows = sorted({scope.rsplit("_", 1)[0].replace("_", " ") for scope in application.scopes})
    evidence = f"{listed(flows, 8) or 'None'}. It moves nothing else, and it does not switch FlightLogger Sync on."
    return passed(Step.FLOW, "Which data may it move?", evidence)


def _account(application: Application) -> Check:
    account = current_account()
    evidence = f"Tokens of {application.name} are requested and used at {account.subdomain}, nowhere else."
    return passed(Step.ACCOUNT, "Is it used at the right account?", evidence)


def _revoked(application: Application) -> Check:
    question = "Is its access open?"
    if application.is_revoked:
        return failed(Step.RIGHTS, question, "It was revoked.", "Create another application to replace it.")
    return passed(Step.RIGHTS, question, "It is not revoked.")


def scopes_of(application: Application) -> Check:
    question = "Which scopes does it hold?"
    place = Place(Page.APPLICATION, application.name, (str(application.pk),))
    if not application.scopes:
        return failed(Step.RIGHTS, question, "None.", "Choose what it may do.", place)
    lacking = sorted({scope.value for scope in Scope} - set(application.scopes))
    evidence = f"{listed(application.scopes, 8)}. Not: {listed(lacking, 8) or 'all are held'}."
    return passed(Step.RIGHTS, question, evidence, place)


def _token(application: Application) -> Check:
    question = "Has it used a valid token?"
    if application.last_used_at is None:
        mend = "Request a token with its client id and secret, and send it as `Authorization: Bearer`."
        return failed(Step.ENDPOINT, question, "Never.", mend)
    return passed(Step.ENDPOINT, question, f"Last {when(application.last_used_at)}.")


def _problem(run: SyncRun, actor: Actor) -> Check:
    step, mend = STEPS.get(run.code, OTHERWISE)
    evidence = f"{when(run.requested_at)}, {Flow(run.flow).label}: {run.summary or run.code}"
    place = Place(Page.SYNC_RUN, "That call", (str(run.pk),))
    technical = run.technical if reads_technical(actor) else ""
    return failed(step, f"Is {run.code or 'an error'} the answer?", evidence, mend, place, technical)


def _outcome(counts: dict[str, int], last: SyncRun | None) -> Check:
    question = "What became of what it sent?"
    if last is None:
        return not_applicable(Step.OUTCOME, question, "It has sent nothing yet.")
    said = listed(f"{count:,} {name}" for name, count in counts.items() if count) or "only reads"
    evidence = f"In the last 7 days: {said}. A flight or defect that is here already is skipped, which is no error."
    return passed(Step.OUTCOME, question, evidence, Place(Page.SYNC_RUN, "The last call", (str(last.pk),)))
