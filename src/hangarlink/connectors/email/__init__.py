"""E-mail: messages and digests out, through the operator's own mail server.

Each message carries a Message-ID made from its key, the same again after a lost answer: mail programs show it once.
"""

import re
from collections.abc import Iterator, Sequence

from hangarlink.integration.contract import (
    Area,
    Category,
    Change,
    Connector,
    DataError,
    Dataset,
    Directions,
    Frequency,
    Identity,
    Mail,
    Manifest,
    Message,
    Pushed,
    Smtp,
    Tier,
    pushes,
)

ADDRESS = re.compile(r"[^\s@,;<>\"()\[\]\\]+@[^\s@,;<>\"()\[\]\\]+\.[^\s@,;<>\"()\[\]\\]+")
MOST_ADDRESSES = 20


class Email(Connector):
    manifest = Manifest(
        key="email",
        name="E-mail",
        category=Category.COMMUNICATIONS,
        area=Area.OPS,
        auth=Smtp(help="The server that takes mail from your organisation: smtp.example.com."),
        base_url="",
        datasets={Dataset.MESSAGES: Directions.PUSH},
        frequencies=(Frequency.REAL_TIME, Frequency.MANUAL),
        tier=Tier.SILVER,
        about="Sends notifications and digests to any address through your own mail server.",
        docs="user/notifications",
    )

    def prove(self) -> Identity:
        """Sign in, send nothing."""
        whose = self.mailer.check()
        return Identity(whose[:200], whose[:200])

    @staticmethod
    def check_channel(channel: str) -> None:
        """Raises DataError for what is no list of addresses."""
        addresses(channel)

    @pushes(Dataset.MESSAGES)
    def messages(self, changes: Sequence[Change[Message]]) -> Iterator[Pushed]:
        """Send each one to the addresses in its channel, separated by commas."""
        for change in changes:
            yield self._send(change)

    def _send(self, change: Change[Message]) -> Pushed:
        if change.is_deletion:
            return Pushed(change.key, error=DataError("A message that was sent is not taken back."))
        message = change.record
        try:
            sent = self.mailer.send(
                Mail(
                    to=addresses(message.channel),
                    subject=" ".join(message.title.split()),
                    text=f"{message.text}\n\n{message.url}\n" if message.url else f"{message.text}\n",
                    message_id=f"<{change.key}@hangarlink.invalid>",
                    headers={"Auto-Submitted": "auto-generated"},
                )
            )
        except DataError as error:
            return Pushed(change.key, error=error)
        return Pushed(change.key, external_id=sent.message_id[:120], error=_refused(sent.refused))


def addresses(channel: str) -> list[str]:
    """The addresses of a channel. Raises DataError for none, too many, or one that is none."""
    found = [one.strip() for one in channel.split(",") if one.strip()]
    if not 1 <= len(found) <= MOST_ADDRESSES:
        raise DataError(f"Enter 1 to {MOST_ADDRESSES} addresses, separated by commas.")
    for one in found:
        if not ADDRESS.fullmatch(one):
            raise DataError(f"{one[:80]} is not an e-mail address.")
    return found


def _refused(refused: object) -> DataError | None:
    """Some of several were refused for good: the others have it, so it is not sent again, but said."""
    count = len(refused) if hasattr(refused, "__len__") else 0
    return (
        DataError(f"The mail server refuses {count} of the addresses for good; the others got it.") if count else None
    )


connector = Email
