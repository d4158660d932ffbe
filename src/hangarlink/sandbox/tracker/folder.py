"""The same tracker through a folder: it drops due lists into `outbox` and takes what lies in `inbox`."""

import os
from pathlib import Path
from typing import Any

from hangarlink.sandbox.tracker.dialects import DIALECTS
from hangarlink.sandbox.tracker.faults import Journal
from hangarlink.sandbox.tracker.shop import Refused, Shop

NAMES = {"camp": "camp-due-list", "traxxall": "due-items", "veryon": "dueitems", "cmp": "due-list"}
OUTBOX = {"cmp": "outbox"}


class DropFolder:
    """One partner's folder. `journal` keeps what was taken in or refused, file by file."""

    def __init__(self, shop: Shop, root: Path, dialect: str) -> None:
        self.shop, self.root, self.dialect, self.journal = shop, root, DIALECTS[dialect], Journal()
        self.outbox = root / OUTBOX.get(dialect, "")
        self.inbox = root / "inbox"
        for folder in (self.outbox, self.inbox):
            folder.mkdir(parents=True, exist_ok=True)

    def export(self, name: str = "", *, part: float = 1.0, age: float = 3600.0, **frame: Any) -> Path:
        """Write a due list. part: less than 1 leaves it as it looks while it is being written. age: seconds ago."""
        content = self.dialect.due_list(self.shop, self.shop.listed(), **frame)
        path = self.outbox / (
            name or f"{NAMES[self.dialect.name]}-{self.shop.clock():%Y%m%d%H%M%S}.{self.dialect.suffix}"
        )
        path.write_bytes(content[: round(len(content) * part)])
        at = self.shop.clock().timestamp() - age
        os.utime(path, (at, at))
        return path

    def take_in(self) -> list[dict[str, Any]]:
        """Read and remove everything in the inbox, oldest first; what became of each file."""
        for path in sorted(self.inbox.iterdir(), key=lambda one: (one.stat().st_mtime, one.name)):
            kind = "totals" if path.name.startswith(("totals", "times")) else "flights"
            entry = self.journal.add(operation=kind, file=path.name)
            try:
                body = path.read_bytes()
                if kind == "totals":
                    entry["accepted"] = [self.shop.take_totals(one) for one in self.dialect.totals(body)]
                else:
                    entry["accepted"] = [self.shop.take_flight(one) for one in self.dialect.flights(body)]
            except Refused as error:
                entry["refused"], entry["reason"] = error.code, str(error)
            path.unlink()
        return self.journal.entries()
