"""What a push is given, and what it says became of it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from hangarlink.integration.contract.errors import DataError, PartnerError
from hangarlink.integration.contract.records import Dataset, Record

R = TypeVar("R", bound=Record)
Push = TypeVar("Push", bound=Callable[[Any, Sequence[Any]], Iterator[Any]])


class StaleVersion(DataError):
    """The partner has changed the record since we last saw it: nothing was written there. The hub decides what follows.

    theirs  the record as it is at the partner now, where the connector has it at hand
    """

    code = "stale_version"

    def __init__(self, message: str, *, theirs: Record | None = None, detail: str = "") -> None:
        super().__init__(message, detail=detail)
        self.theirs = theirs


@dataclass(frozen=True, slots=True)
class Change(Generic[R]):
    """One thing that a push carries.

    key               idempotency key of this attempt: the same again after a lost answer. At most 50 characters of
                      letters, digits and hyphens, so it fits a header, a query or a reference field
    record            canonical; external_id is "" when the partner does not know it yet
    external_version  the partner's version as last seen (SyncToken, etag), "" when unknown
    is_deletion       the record is gone here and shall go there
    is_repeat         an earlier try with this key was lost: the partner may have acted on it. Look it up if it can be
    """

    key: str
    record: R
    external_version: str = ""
    is_deletion: bool = False
    is_repeat: bool = False


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of one change. One for each, in any order, as soon as it is known.

    external_id, external_version  what the partner calls it now
    was_there  found instead of made: an earlier, lost try had made it
    error      DataError: this record is refused, with the reason; a person looks at it. StaleVersion: a conflict.
               Any other error belongs to the whole call: raise it instead
    """

    key: str
    external_id: str = ""
    external_version: str = ""
    was_there: bool = False
    error: PartnerError | None = None


def pushes(dataset: Dataset) -> Callable[[Push], Push]:
    """Mark the method that pushes a dataset:

    def invoices(self, changes: Sequence[Change[Invoice]]) -> Iterator[Pushed]
    """

    def mark(method: Push) -> Push:
        method._pushes = dataset  # type: ignore[attr-defined]
        return method

    return mark
