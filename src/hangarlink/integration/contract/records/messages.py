"""Notices to people, through whatever carries them."""

from dataclasses import dataclass
from datetime import datetime

from hangarlink.integration.contract.records.base import Record
from hangarlink.integration.contract.records.checking import LONGEST_TEXT, check_moment, check_text


@dataclass(frozen=True, slots=True)
class Message(Record):
    """channel: whom it is for, in the partner's terms: a channel, an address. url: where to read on, "" for nowhere."""

    channel: str
    title: str
    text: str
    url: str = ""
    event_type: str = ""
    at: datetime | None = None

    def __post_init__(self) -> None:
        Record.__post_init__(self)
        check_text(channel=self.channel, title=self.title, event_type=self.event_type)
        check_text(LONGEST_TEXT, text=self.text, url=self.url)
        check_moment(at=self.at)
