"""Mail, as a connector sends it: the engine injects the mailer, with the server, the password and the sender."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True)
class Mail:
    """One message.

    message_id  kept with what is sent, so that a repeat is seen as one: `<...@...>`, or "" to have one made
    headers     further ones; line breaks in any of them are refused
    """

    to: Sequence[str]
    subject: str
    text: str
    html: str = ""
    message_id: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Sent:
    """What the server made of a message that at least one recipient was accepted for.

    refused  address -> why, for recipients that the server refuses for good
    """

    message_id: str
    refused: Mapping[str, str] = field(default_factory=dict)


class Mailer(Protocol):
    def send(self, mail: Mail) -> Sent:
        """Hand a message to the server. Raises DataError when every recipient, or the message, is refused for good."""
        ...

    def check(self) -> str:
        """Sign in and send nothing; returns whose mail is sent: `user@host`. For `prove`."""
        ...
