"""What was asked of the sandbox, for tests and for the curious. Keys never enter it."""

import json
from collections import deque
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from threading import Lock
from typing import Any

KEPT = 2_000


@dataclass
class Entry:
    method: str
    path: str
    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="milliseconds"))
    account: str | None = None
    user_id: int | None = None
    operation: str | None = None
    fields: list[str] = field(default_factory=list)
    variables: dict[str, Any] = field(default_factory=dict)
    fault: str | None = None
    status: int | None = None
    """None: no reply was sent (yet)."""

    def of(self, operation: str | None, fields: list[str], variables: dict[str, Any], *, secret: str) -> None:
        self.operation, self.fields = operation, fields
        written = json.dumps(variables)
        self.variables = json.loads(written.replace(json.dumps(secret)[1:-1], "[redacted]"))


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

    def entries(self) -> list[dict[str, Any]]:
        """Oldest first, the last 2,000."""
        with self._lock:
            return [asdict(entry) for entry in self._entries]
