"""Values that follow from usage, of aircraft's and components' counters, asked for many moments at once."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from hangarlink.maintenance.components.clocks import totals_at
from hangarlink.maintenance.programme.derived_counters import derived_at

Moment = tuple[UUID, datetime]


def totals(moments: Collection[Moment]) -> dict[Moment, int | None]:
    """The total of each counter at each moment, everything that happened at that instant included; None: unknown."""
    wanted = set(moments)
    return {**totals_at(wanted), **derived_at(wanted)} if wanted else {}
