"""Trying a connector without an installation: its line over a real socket, by the real retry table, with waits that
take no time. For the tests of connectors, here and in packages of other people.

    with Trial(Partner, url, secrets={"api_key": KEY}) as trial:
        assert trial.connector.prove().key == "demo"
        assert len(trial.records(Dataset.AIRCRAFT)) == 3

It needs no database, and calls loopback addresses only.
"""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

from django.conf import settings

from hangarlink.integration.connections.filing.folder import FolderStore
from hangarlink.integration.connections.filing.sftp import SftpStore
from hangarlink.integration.connections.keys import Keys, Stored
from hangarlink.integration.connections.line import Line
from hangarlink.integration.connections.mailing import MailLine
from hangarlink.integration.connections.repeating import PutOff, Repeating
from hangarlink.integration.connections.traffic.valve import Unlimited
from hangarlink.integration.contract import (
    Auth,
    Connector,
    Cursor,
    Dataset,
    Folder,
    Page,
    PartnerError,
    Sftp,
    SignedInbound,
    Smtp,
)
from hangarlink.platform.vault import Secret

__all__ = ["PutOff", "Trial", "Waits"]
LOOPBACK = ("127.0.0.0/8", "::1/128")


class Waits:
    """Waiting that takes no time and is remembered."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.seconds.append(seconds)


class Trial:
    """A connector on a line of its own. A context manager.

    base_url   where the sandbox listens
    secrets    by the names of the auth kind's fields; for OAuth kinds `access_token` is all that is needed
    access     the fields that are no secret
    auth_kind  one of the manifest's kinds, "" for the proposed one
    waits      what the engine would have waited
    """

    def __init__(
        self,
        connector: type[Connector],
        base_url: str = "",
        *,
        secrets: Mapping[str, str] | None = None,
        access: Mapping[str, str] | None = None,
        options: Mapping[str, Any] | None = None,
        auth_kind: str = "",
        deadline: float = 5.0,
    ) -> None:
        if not settings.configured:
            settings.configure(HANGARLINK_OUTBOUND_ALLOW=LOOPBACK)
        self.waits = Waits()
        auth = connector.manifest.auth_of(auth_kind)
        keys = Stored({name: Secret(text) for name, text in (secrets or {}).items()}, dict(access or {}))
        self.line = _line(auth, base_url, keys, self.waits, deadline)
        self.connector = connector(self.line, options=dict(options or {}))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.line.__exit__(kind, error, trace)

    def pages(self, dataset: Dataset, cursor: Cursor | None = None) -> list[Page[Any]]:
        """Everything that a pull brings from here on."""
        return list(self.connector.pull(dataset, cursor or Cursor()))

    def records(self, dataset: Dataset, cursor: Cursor | None = None) -> list[Any]:
        return [record for page in self.pages(dataset, cursor) for record in page.records]

    def resumes(self, dataset: Dataset) -> bool:
        """Whether a pull that is interrupted after any of its pages brings the rest from that page's cursor."""
        pages = self.pages(dataset)
        for number, page in enumerate(pages[:-1]):
            rest = {record.external_id for record in self.records(dataset, page.cursor)}
            if not {one.external_id for later in pages[number + 1 :] for one in later.records} <= rest:
                return False
        return True

    def failure(self, dataset: Dataset | None = None) -> PartnerError | None:
        """What proving, or pulling a dataset, fails with; None when it does not. Other errors than the contract's are
        raised: a connector must have none."""
        try:
            if dataset is None:
                self.connector.prove()
            else:
                self.pages(dataset)
        except PartnerError as error:
            return error
        return None


def _line(auth: Auth, base_url: str, keys: Keys, waits: Waits, deadline: float) -> Any:
    repeating = Repeating(keys, pace=waits, valve=Unlimited())
    match auth:
        case Smtp():
            return MailLine(keys, repeating, deadline=deadline)
        case Sftp():
            return SftpStore(keys, repeating, deadline=deadline)
        case Folder():
            return FolderStore("trial", str(keys.values().get("folder", "")), repeating)
        case SignedInbound():
            raise TypeError("A partner that only calls us has no line to try.")
        case _:
            return Line(base_url, auth, keys, pace=waits, deadline=deadline)
