"""What was asked of the sandbox, for tests and for the curious. Tokens and secrets never enter it."""

from collections import deque
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import Any

KEPT = 2_000


@dataclass
class Entry:
    """operation: query, cdc, read, create, update, delete, void, token, revoke. status: None when no reply was sent."""

    method: str
    path: str
    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="milliseconds"))
    realm_id: str = ""
    operation: str = ""
    entity: str | None = None
    request_id: str = ""
    minor_version: str = ""
    query: str = ""
    body: dict[str, Any] = field(default_factory=dict)
    fault: str | None = None
    status: int | None = None


class Journal:
    def __init__(self) -> None:
        self._entries: deque[Entry] = deque(maxlen=KEPT)
        self._lock = Lock()

    def add(self, entry: Entry) -> None:
        with self._lock:
            self._entries.append(entry)

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()

    def entries(self, operation: str | None = None, entity: str | None = None) -> list[dict[str, Any]]:
        """Oldest first, the last 2,000; only of this operation and entity where named."""
        with self._lock:
            kept = list(self._entries)
        return [asdict(one) for one in kept if operation in {None, one.operation} and entity in {None, one.entity}]
