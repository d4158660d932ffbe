"""How states and outcomes are said on pages."""

from hangarlink.integration.webhooks.models import Delivery, Endpoint
from hangarlink.integration.webhooks.vocabulary import DeliveryState, EndpointState, Outcome, StopCode

# Word and state (shape, colour) of templates' `state`.
DELIVERY_STATES = {
    DeliveryState.PENDING: ("unknown", "Waiting"),
    DeliveryState.DELIVERED: ("ok", "Delivered"),
    DeliveryState.FAILED: ("overdue", "Failed"),
    DeliveryState.SKIPPED: ("restricted", "Passed over"),
}
OUTCOMES = {
    Outcome.DELIVERED: "taken",
    Outcome.REFUSED: "refused",
    Outcome.GONE: "gone for good",
    Outcome.BUSY: "not now",
    Outcome.REDIRECTED: "redirected; redirects are never followed",
    Outcome.TIMED_OUT: "no answer in time",
    Outcome.UNREACHABLE: "could not be reached",
    Outcome.FORBIDDEN: "the address may not be called",
    Outcome.TOO_LARGE: "the answer was too large",
    Outcome.BROKEN: "broken off",
}
_STOPPED = {
    StopCode.DEAD: "Stopped: it took nothing during a whole schedule. Mend the receiver, then resume.",
    StopCode.GONE: "Stopped: it answered 410, which means that it does not want to be called any more.",
    StopCode.BLOCKED: "Stopped: one delivery could not be made, and in strict order nothing may overtake it.",
}


def standing(endpoint: Endpoint) -> tuple[str, str]:
    """State and word of an endpoint."""
    if endpoint.state == EndpointState.STOPPED:
        return "overdue", "Stopped"
    if endpoint.state == EndpointState.PAUSED:
        return "restricted", "Paused"
    if endpoint.failures:
        return "due_soon", "Failing"
    return ("ok", "Working") if endpoint.last_success_at else ("unknown", "Not used yet")


def answer(endpoint: Endpoint) -> str:
    """The first line of its page."""
    if endpoint.stop_code:
        return _STOPPED[StopCode(endpoint.stop_code)]
    if endpoint.state == EndpointState.PAUSED:
        return "Paused: nothing is sent. Resuming can send what it missed."
    if endpoint.failures:
        times = "attempt" if endpoint.failures == 1 else "attempts"
        return f"The last {endpoint.failures} {times} failed. It is tried again by itself."
    return "Everything was taken." if endpoint.last_success_at else "Nothing was sent yet. Send a test to see it work."


def outcome_words(delivery: Delivery) -> str:
    """What came of the newest attempt: "500 refused"."""
    if not delivery.last_outcome:
        return ""
    words = OUTCOMES[Outcome(delivery.last_outcome)]
    return f"{delivery.last_status} {words}" if delivery.last_status else words
