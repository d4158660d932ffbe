"""The base of every connector: what is peculiar to one partner, and nothing else."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias, TypeVar, cast

from hangarlink.integration.contract.auth import Transport
from hangarlink.integration.contract.files import FileStore
from hangarlink.integration.contract.http import Http
from hangarlink.integration.contract.mail import Mailer
from hangarlink.integration.contract.manifest import Directions, Manifest
from hangarlink.integration.contract.paging import Cursor, Page
from hangarlink.integration.contract.pushing import Change, Pushed
from hangarlink.integration.contract.records import Dataset

Pull = Callable[[Any, Cursor], Iterator[Page[Any]]]
P = TypeVar("P", bound=Pull)
Line: TypeAlias = Http | Mailer | FileStore


@dataclass(frozen=True)
class Identity:
    """Whose account the credentials open.

    key   the partner's own stable name of the account: what was imported belongs to it, whatever key is used
    name  for people
    """

    key: str
    name: str


def pulls(dataset: Dataset) -> Callable[[P], P]:
    """Mark the method that pulls a dataset: `def flights(self, cursor: Cursor) -> Iterator[Page[FlightTimes]]`."""

    def mark(method: P) -> P:
        method._pulls = dataset  # type: ignore[attr-defined]
        return method

    return mark


class Connector:
    """Subclass it with a `manifest`, a `prove`, and a method per dataset and direction that the manifest declares.

    Instances live as long as one run and keep no state that a later run needs: that belongs into the cursor.
    """

    manifest: ClassVar[Manifest]
    _pulling: ClassVar[dict[Dataset, str]] = {}
    _pushing: ClassVar[dict[Dataset, str]] = {}

    def __init__(self, line: Line, *, options: dict[str, Any] | None = None) -> None:
        """line: what the connection's kind of authentication dials; `options`: what the manifest's options were set to,
        and what the authorisation brought along (QuickBooks' realmId)."""
        self._line = line
        self.options = options or {}

    @property
    def transport(self) -> Transport:
        """Which of `http`, `mailer` and `files` this connection has, for a connector that offers a choice."""
        return getattr(self._line, "transport", Transport.HTTP)

    @property
    def http(self) -> Http:
        return cast(Http, self._line)

    @property
    def mailer(self) -> Mailer:
        return cast(Mailer, self._line)

    @property
    def files(self) -> FileStore:
        return cast(FileStore, self._line)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        members = {name: member for base in reversed(cls.__mro__) for name, member in vars(base).items()}
        cls._pulling = {m._pulls: name for name, m in members.items() if hasattr(m, "_pulls")}
        cls._pushing = {m._pushes: name for name, m in members.items() if hasattr(m, "_pushes")}
        cls._check()

    @classmethod
    def _check(cls) -> None:
        declared = cls.manifest.datasets
        pulled = {dataset for dataset, way in declared.items() if way is not Directions.PUSH}
        pushed = {dataset for dataset, way in declared.items() if way is not Directions.PULL}
        if pulled != set(cls._pulling) or pushed != set(cls._pushing):
            raise TypeError(
                f"{cls.__name__}: the manifest declares pull {sorted(pulled)} and push {sorted(pushed)}, "
                f"the methods offer pull {sorted(cls._pulling)} and push {sorted(cls._pushing)}."
            )

    @classmethod
    def check_options(cls, options: Mapping[str, Any]) -> None:
        """Raise DataError for options that could not be used; asked before they are saved. Its attribute `field`, if it
        has one, names the option."""

    @classmethod
    def carries(cls, dataset: Dataset, options: Mapping[str, Any]) -> bool:  # noqa: ARG003 - for overriding
        """Whether a connection with these options moves a dataset that the manifest declares. Raises DataError."""
        return True

    def prove(self) -> Identity:
        """The cheapest call that shows that the credentials work and whose account they open."""
        raise NotImplementedError

    @classmethod
    def touched(cls, notice: Any) -> Iterable[Dataset]:  # noqa: ARG003 - for overriding
        """Which datasets a webhook of the partner is about: all that are pulled, unless a connector knows better.

        notice  the JSON of a body whose signature was good, None for a body that is not JSON. A hint, not a fact: what
                follows is a run that reads the partner. Must not raise for a shape that it does not know.
        """
        return tuple(cls._pulling)

    def pull(self, dataset: Dataset, cursor: Cursor) -> Iterator[Page[Any]]:
        """Pages of a dataset from the cursor on. Raises PartnerError; LookupError for a dataset not declared."""
        if dataset not in self._pulling:
            raise LookupError(f"{self.manifest.name} does not pull {dataset}.")
        pages: Iterator[Page[Any]] = getattr(self, self._pulling[dataset])(cursor)
        return pages

    def push(self, dataset: Dataset, changes: Sequence[Change[Any]]) -> Iterator[Pushed]:
        """What became of each change, as it becomes known. Raises PartnerError; LookupError as `pull` does."""
        if dataset not in self._pushing:
            raise LookupError(f"{self.manifest.name} does not push {dataset}.")
        told: Iterator[Pushed] = getattr(self, self._pushing[dataset])(changes)
        return told
