"""The port by which rooms above keep true what they derive from components, in the transaction that changed them.

A room registers its listener when it starts (`AppConfig.ready`). It is called once per action, after the rows are
written, with every component whose frame, place or past totals may differ: the ones that the action was about and
everything installed on them, however deep. A listener that raises undoes the action.
"""

from collections.abc import Collection
from typing import Protocol
from uuid import UUID

from hangarlink.platform.people.permissions import Actor


class Listener(Protocol):
    """Told that placements or clocks of these components changed."""

    def __call__(self, component_ids: Collection[UUID], *, acting_user: Actor) -> None: ...


_listeners: list[Listener] = []


def register(listener: Listener) -> None:
    """Call this listener from now on. Registering twice is harmless."""
    if listener not in _listeners:
        _listeners.append(listener)


def unregister(listener: Listener) -> None:
    """For tests that register their own."""
    if listener in _listeners:
        _listeners.remove(listener)


def components_changed(component_ids: Collection[UUID], *, acting_user: Actor) -> None:
    """Tell every listener, once."""
    if component_ids:
        for listener in _listeners:
            listener(component_ids, acting_user=acting_user)
