"""What a mail server may do instead of taking a message."""

from dataclasses import dataclass

from hangarlink.sandbox import faults as base

KINDS = {
    "greylist": "451 to the recipient: try again later",
    "unknown_recipient": "550 to the recipient: there is nobody of that name",
    "busy": "452 when the message begins",
    "refused": "554 after the message: it looks like spam",
    "too_large": "552 after the message",
    "bad_credentials": "535 to any user and password",
    "auth_later": "454 to any user and password, for the moment",
    "closing": "421 to the sender, and the connection is closed",
    "lost_response": "the message is taken, then the connection is closed without a reply",
    "slow": "the message is taken after `seconds`",
}
"""Every fault with what the client gets to see."""

STAGES = {
    "closing": "sender",
    "greylist": "recipient",
    "unknown_recipient": "recipient",
    "bad_credentials": "auth",
    "auth_later": "auth",
}
"""When it strikes; the others strike at the message itself."""


@dataclass
class Fault(base.Fault):
    """One switched-on fault. recipient: only this address."""

    KINDS = KINDS

    recipient: str = ""
    seconds: float = 1.0

    @property
    def stage(self) -> str:
        return STAGES.get(self.kind, "message")


class Faults(base.Switchboard[Fault]):
    """The switchboard."""

    def __init__(self) -> None:
        super().__init__(Fault)

    def take(self, stage: str, recipient: str = "") -> Fault | None:
        """The fault that strikes at this stage, used up by one."""
        return self.first(lambda fault: fault.stage == stage and fault.recipient in {"", recipient})
