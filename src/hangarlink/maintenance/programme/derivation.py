"""Values that follow from usage, asked from the fleet for many moments at once."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from hangarlink.fleet.queries import totals_at

Moment = tuple[UUID, datetime]


def totals(moments: Collection[Moment]) -> dict[Moment, int | None]:
    """The total of each counter at each moment, everything that happened at that instant included; None: unknown."""
    wanted = sorted(set(moments))
    return dict(zip(wanted, totals_at(wanted), strict=True)) if wanted else {}
