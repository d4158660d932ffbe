"""Things that go wrong between two systems: what every sandbox's switchboard has in common."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from threading import RLock
from typing import Any, ClassVar, Generic, TypeVar


@dataclass
class Fault:
    """One switched-on fault. Each sandbox adds to which requests it keeps, and its own KINDS.

    times     requests it spoils before everything is well again; None: until cleared
    skip      requests it lets pass first
    the rest  see KINDS
    """

    KINDS: ClassVar[Mapping[str, str]] = {}
    """Every fault with what the client gets to see."""

    kind: str
    times: int | None = 1
    skip: int = 0

    def __post_init__(self) -> None:
        if self.kind not in self.KINDS:
            raise ValueError(f"there is no fault {self.kind!r}; there are {', '.join(self.KINDS)}")


@dataclass
class HttpFault(Fault):
    """With what faults of a web service say."""

    status: int = 503
    retry_after: int | None = 1
    seconds: float = 1.0
    megabytes: int = 20
    location: str = "http://127.0.0.1:9/"


F = TypeVar("F", bound=Fault)


class Switchboard(Generic[F]):
    """The first fault that concerns a request spoils it; others wait their turn."""

    def __init__(self, make: type[F]) -> None:
        self._make = make
        self._active: list[F] = []
        self._lock = RLock()

    def add(self, kind: str, **options: Any) -> F:
        """Switch a fault on; options are the fields of the fault. ValueError names an unknown kind or option."""
        known = {field.name for field in fields(self._make)}
        if unknown := sorted(set(options) - known):
            raise ValueError(f"a fault has no {', '.join(unknown)}; it has {', '.join(sorted(known))}")
        fault = self._make(kind, **options)
        with self._lock:
            self._active.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self._active.clear()

    def active(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._active]

    def first(self, concerns: Callable[[F], bool]) -> F | None:
        """The fault for a request, used up by one."""
        with self._lock:
            for fault in self._active:
                if not concerns(fault):
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
