"""What usage does to what is due, in the transaction that recorded the usage."""

from collections.abc import Sequence

from hangarlink.fleet.derived import UsageChange
from hangarlink.platform.people.permissions import Actor


def on_usage(changes: Sequence[UsageChange], *, acting_user: Actor) -> None:
    """Announce alert lines that were crossed and recompute what late or corrected usage changed."""
