"""What to do about an alert, by its code: the codes of the sync log, and those of our own brakes."""

from enum import StrEnum


class Kind(StrEnum):
    """What an alert is about, and so where it leads."""

    CONNECTION = "connection"
    WEBHOOK_ENDPOINT = "webhook_endpoint"
    REVIEW = "review"


TO_DO = {
    "auth_failed": "Open the connection and authorise it again, or enter valid credentials.",
    "not_ready": "Switch the module on at the partner, or choose fewer data types; then run it again.",
    "unreachable": "Check whether the partner is up. Hangarlink keeps trying; what was entered here is not lost.",
    "server_trouble": "The partner has trouble on its side. Hangarlink keeps trying; ask the partner if it lasts.",
    "malformed": "The partner answers in a form that it does not document. Ask it; the run page has the details.",
    "data_error": "Open the run: it lists what was refused and why. Correct it at its source, then retry.",
    "permanent": "Check the endpoint: nothing answers there any more.",
    "too_long": "The run did not end in its time. It goes on by itself; run it by night or read less far back.",
    "mass_deletion": "Look whether they are really gone at the partner, then decide: remove them here, or keep them.",
    "endpoint_dead": "The receiver stopped answering. Repair it, then resume the endpoint and send what it missed.",
    "endpoint_gone": "The receiver says that it is gone for good (410). Delete the endpoint or give it a new address.",
    "endpoint_blocked": "In strict order a delivery was not taken. Repair the receiver, then resume the endpoint.",
}
OTHERWISE = "Open it and look at its last run."


def what_to_do(code: str) -> str:
    return TO_DO.get(code, OTHERWISE)
