"""What a mail server may do instead of taking a message."""

from dataclasses import asdict, dataclass, fields
from threading import RLock
from typing import Any

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
class Fault:
    """One switched-on fault.

    times      how often it strikes; None: until cleared
    skip       how often it lets pass first
    recipient  only this address
    """

    kind: str
    times: int | None = 1
    skip: int = 0
    recipient: str = ""
    seconds: float = 1.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"there is no fault {self.kind!r}; there are {', '.join(KINDS)}")

    @property
    def stage(self) -> str:
        return STAGES.get(self.kind, "message")


class Faults:
    """The switchboard."""

    def __init__(self) -> None:
        self._active: list[Fault] = []
        self._lock = RLock()

    def add(self, kind: str, **options: Any) -> Fault:
        """Switch a fault on; options are the fields of `Fault`. ValueError names an unknown kind or option."""
        known = {field.name for field in fields(Fault)}
        if unknown := sorted(set(options) - known):
            raise ValueError(f"a fault has no {', '.join(unknown)}; it has {', '.join(sorted(known))}")
        fault = Fault(kind, **options)
        with self._lock:
            self._active.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._active.clear()

    def active(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._active]

    def take(self, stage: str, recipient: str = "") -> Fault | None:
        """The fault that strikes at this stage, used up by one."""
        with self._lock:
            for fault in self._active:
                if fault.stage != stage or fault.recipient not in ("", recipient):
                    continue
                if fault.skip > 0:
                    fault.skip -= 1
                    continue
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._active.remove(fault)
                return fault
        return None
