"""The steps of a set-up, and which of them comes next. Pure, but for reading the rows it is given."""

from collections.abc import Sequence

from hangarlink.integration.connections.models import Connection
from hangarlink.integration.overview import FlowRow
from hangarlink.integration.sync.reach import Moved, how_moved
from hangarlink.web.connections.steps import Step

STEPS = (
    ("what", "What it does"),
    ("access", "Access"),
    ("data", "Data"),
    ("plan", "Dry run"),
    ("start", "Start"),
)


def steps_at(current: str) -> list[Step]:
    """The steps as drawn on the page of one of them."""
    names = [name for name, _ in STEPS]
    place = names.index(current)
    return [Step(title, number < place, number == place) for number, (_, title) in enumerate(STEPS)]


def next_step(connection: Connection, rows: Sequence[FlowRow]) -> str | None:
    """Where a set-up that was left goes on: "data", "plan" or "start".

    None once anything ran, is scheduled, or follows notification rules.
    """
    if connection.state == "disconnected":
        return None
    streams = [row.stream for row in rows]
    if any(one.is_enabled and how_moved(one.flow, one.direction) is Moved.BY_RULES for one in streams):
        return None
    if any(row.last for row in rows) or any(one.every_seconds or one.last_success_at for one in streams):
        return None
    chosen = [one for one in streams if one.is_enabled]
    if not chosen:
        return "data"
    return "start" if all(one.planned_at for one in chosen) else "plan"
