"""Messages: one event, many, or a test."""

from collections.abc import Sequence
from dataclasses import dataclass

from hangarlink.integration.notifications.catalogue import room_of
from hangarlink.integration.notifications.wording.lines import Line
from hangarlink.platform.tenancy.addresses import account_url
from hangarlink.platform.tenancy.models import Account

MOST_LINES = 100
# Below what a message may hold, with room for headings.
LONGEST = 9_000


@dataclass(frozen=True)
class Text:
    title: str
    body: str
    url: str


def event_text(account: Account, line: Line) -> Text:
    body = f"{line.at:%d %b %Y %H:%M}Z"
    return Text(line.sentence, f"{line.detail}\n{body}" if line.detail else body, account_url(account, line.path))


def digest_text(account: Account, lines: Sequence[Line], *, name: str, total: int) -> Text:
    """Under the rooms they come from, each with its moment; what does not fit is counted.

    lines  the first of `total` events
    """
    parts: dict[str, list[str]] = {}
    told = length = 0
    for line in lines[:MOST_LINES]:
        said = f"- {line.at:%d %b %H:%M}Z  {line.sentence}" + (f"\n  {line.detail}" if line.detail else "")
        length += len(said) + 1
        if length > LONGEST:
            break
        parts.setdefault(room_of(line.type), []).append(said)
        told += 1
    blocks = [f"{room}\n" + "\n".join(said) for room, said in parts.items()]
    if total > told:
        blocks.append(f"And {total - told} more.")
    what = "1 event" if total == 1 else f"{total} events"
    return Text(f"{account.name}: {what}, {name}", "\n\n".join(blocks), account_url(account))


def test_text(account: Account, *, name: str) -> Text:
    """Says that it is a test, so that nobody acts on it."""
    body = f"This is a test of the rule {name}. If you can read it, the rule works. There is nothing to do."
    return Text(f"Test from {account.name}", body, account_url(account))
