"""`due.state_changed` for items that look different after a change."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from uuid import UUID

from hangarlink.maintenance.programme.events import DueStateChanged
from hangarlink.maintenance.programme.models import DueItem
from hangarlink.maintenance.programme.queries.states import states_of
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.platform.events.actions import announce_many

# An item that has just been made, or of which nothing is demanded any more, has no state.
NO_STATE = "closed"
States = Mapping[UUID, State]


@contextmanager
def announcing_changes(item_ids: Collection[UUID]) -> Iterator[None]:
    """Announce every one of these items whose state is another one when the block ends."""
    before = states_of(item_ids)
    yield
    announce_changes(before, states_of(item_ids))


def announce_changes(before: States, after: States) -> None:
    """Announce the differences between two looks at the same items. That an item came or went while OK is no news."""
    changed = {item for item in before.keys() | after.keys() if _is_news(before.get(item), after.get(item))}
    if not changed:
        return
    rows = DueItem.objects.filter(id__in=changed).order_by("id").values_list("id", "requirement_id", "aircraft_id")
    announce_many(
        DueStateChanged(item, requirement, aircraft, _code(before.get(item)), _code(after.get(item)))
        for item, requirement, aircraft in rows
    )


def _is_news(before: State | None, after: State | None) -> bool:
    return before != after and {before, after} != {None, State.OK}


def _code(state: State | None) -> str:
    return NO_STATE if state is None else state.code
