"""Why does this webhook not arrive?"""

from collections.abc import Iterator
from uuid import UUID

from hangarlink.integration.diagnose.making import counted, listed, report, when
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
from hangarlink.integration.webhooks.models import Delivery, Endpoint
from hangarlink.integration.webhooks.queries import counts_by_state, find_endpoint, last_event_at, missed_count
from hangarlink.integration.webhooks.vocabulary import DeliveryState, Outcome
from hangarlink.platform import outbound
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.context import current_account


def diagnose_webhook(endpoint_id: UUID, *, acting_user: Actor) -> Report:
    """Raises Missing, and NotPermitted without webhooks.view."""
    endpoint = find_endpoint(endpoint_id, acting_user=acting_user)
    question = "Why does this webhook not arrive?"
    return report(Kind.WEBHOOK, endpoint.pk, str(endpoint), question, _checks(endpoint))


def _checks(endpoint: Endpoint) -> Iterator[Check]:
    yield _events(endpoint)
    yield _account()
    yield _scopes(endpoint)
    yield _address(endpoint)
    yield _active(endpoint)
    yield _signature(endpoint)
    yield _last(endpoint)
    yield _waiting(endpoint)
    yield _receiver()


def _events(endpoint: Endpoint) -> Check:
    question = "Which events does it get?"
    newest = last_event_at()
    if newest is None:
        evidence = "Nothing has happened in this account yet that anybody could be told of."
        return failed(Step.FLOW, question, evidence, "Send a test from its page.", _page(endpoint))
    types = listed(endpoint.event_types) if endpoint.event_types else "Every type"
    narrowed = " Of some of them only when chosen fields changed." if endpoint.changed_fields else ""
    return passed(Step.FLOW, question, f"{types}.{narrowed} The newest event is of {when(newest)}.")


def _account() -> Check:
    account = current_account()
    evidence = f"Events of {account.name} ({account.subdomain}) only."
    return passed(Step.ACCOUNT, "Of which account?", evidence)


def _scopes(endpoint: Endpoint) -> Check:
    question = "Do the application's scopes let it read them?"
    if endpoint.application is None:
        return not_applicable(Step.RIGHTS, question, "It belongs to the account, not to an application.")
    application = endpoint.application
    place = Place(Page.APPLICATION, application.name, (str(application.pk),))
    if application.is_revoked:
        return failed(Step.RIGHTS, question, f"{application.name} was revoked.", "Move it to another one.", place)
    evidence = f"{application.name} holds {listed(application.scopes, 8)}; events outside these are left out."
    return passed(Step.RIGHTS, question, evidence, place)


def _address(endpoint: Endpoint) -> Check:
    question = "Is its address public?"
    try:
        outbound.check_url(endpoint.url, resolve=False)
    except outbound.UrlRefused as refused:
        return failed(Step.ENDPOINT, question, str(refused), "Correct the address.", _page(endpoint))
    evidence = f"{endpoint.origin}. Every address it resolves to is checked again at each delivery."
    return passed(Step.ENDPOINT, question, evidence)


def _active(endpoint: Endpoint) -> Check:
    question = "Is it active?"
    if endpoint.is_active:
        return passed(Step.ENDPOINT, question, f"Active since {when(endpoint.created_at)}.")
    why = f" ({endpoint.stop_code})" if endpoint.stop_code else ""
    evidence = f"It is {endpoint.state}{why}; {counted(missed_count(endpoint), 'event')} since then were not sent."
    return failed(Step.ENDPOINT, question, evidence, "Resume it; what was missed is sent then.", _page(endpoint))


def _signature(endpoint: Endpoint) -> Check:
    evidence = f"With the secret of {when(endpoint.secret_set_at)} (headers webhook-id, -timestamp, -signature)."
    if endpoint.previous_until:
        evidence += f" The secret before it signs as well until {when(endpoint.previous_until)}."
    return passed(Step.ENDPOINT, "How is it signed?", evidence)


def _last(endpoint: Endpoint) -> Check:
    question = "Was the newest attempt accepted?"
    newest = Delivery.objects.filter(endpoint=endpoint, last_at__isnull=False).order_by("-last_at").first()
    if newest is None:
        return not_applicable(Step.LOG, question, "Nothing was sent yet.")
    place = Place(Page.DELIVERY, "That delivery", (str(newest.pk),))
    answer = f"{newest.last_status} after {newest.last_ms or 0} ms" if newest.last_status else newest.last_outcome
    evidence = f"{newest.event_type}, {when(newest.last_at)}: {answer}." if newest.last_at else newest.event_type
    if newest.state == DeliveryState.DELIVERED or newest.last_outcome == Outcome.DELIVERED:
        return passed(Step.LOG, question, evidence, place)
    mend = "A receiver must answer 2xx within the deadline; the delivery shows what it said."
    return failed(Step.LOG, question, evidence, mend, place)


def _waiting(endpoint: Endpoint) -> Check:
    question = "What became of its deliveries?"
    counts = counts_by_state(endpoint)
    said = listed(f"{count:,} {state}" for state, count in counts.items()) or "none yet"
    if endpoint.failures:
        since = f" since {when(endpoint.failing_since)}" if endpoint.failing_since else ""
        evidence = f"{counted(endpoint.failures, 'attempt')} in a row failed{since}. In all: {said}."
        return failed(Step.OUTCOME, question, evidence, "They are repeated by themselves; mend the receiver.", None)
    return passed(Step.OUTCOME, question, f"{said[:1].upper()}{said[1:]}.")


def _receiver() -> Check:
    evidence = (
        "JSON in the body; the same webhook-id may come twice, and late ones after newer ones. Verify the signature "
        "before reading, answer at once, and read the record by its id."
    )
    return passed(Step.SETUP, "What must the receiver be ready for?", evidence, Place(Page.EVENTS, "Event catalogue"))


def _page(endpoint: Endpoint) -> Place:
    return Place(Page.WEBHOOK, str(endpoint), (str(endpoint.pk),))
