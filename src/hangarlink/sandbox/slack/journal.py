"""What was asked of the sandbox, for tests and for the curious. Tokens, codes and secrets never enter it."""

from collections import deque
from datetime import UTC, datetime
from threading import Lock
from typing import Any

KEPT = 2_000


class Journal:
    def __init__(self) -> None:
        self._entries: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._lock = Lock()

    def add(self, method: str) -> dict[str, Any]:
        """An entry, to be filled in by the caller as the request is handled."""
        at = datetime.now(UTC).isoformat(timespec="milliseconds")
        entry: dict[str, Any] = {"method": method, "at": at, "fault": None, "status": None, "answer": None}
        with self._lock:
            self._entries.append(entry)
        return entry

    def entries(self) -> list[dict[str, Any]]:
        """Oldest first, the last 2,000."""
        with self._lock:
            return [dict(entry) for entry in self._entries]

    def methods(self) -> list[str]:
        return [entry["method"] for entry in self.entries()]

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()
