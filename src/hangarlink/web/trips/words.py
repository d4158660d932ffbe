"""How trips read on pages."""

from hangarlink.operations.trips.models import Trip
from hangarlink.operations.trips.queries import block_seconds
from hangarlink.operations.trips.rules import Kind, Status
from hangarlink.platform.quantities import Display, Unit
from hangarlink.web.formats import Quantity

STATUS_WORDS = {status: status.value.capitalize() for status in Status}
KIND_WORDS = {kind: kind.value.capitalize() for kind in Kind}


def block(trip: Trip) -> Quantity | None:
    """Block time of its legs, as hours and minutes; None without legs."""
    seconds = block_seconds(trip)
    return Quantity(seconds, Unit.SECONDS, Display.HHMM) if seconds else None
