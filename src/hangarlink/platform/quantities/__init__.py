"""Exact usage quantities: integer seconds for time, integers for counts.

Decimal hours and HH:MM exist at the edge only: parse what a person typed on the way in, format on the way out, and
calculate with integers in between. Sum first, round last. A float never gets in.
"""

from hangarlink.platform.quantities.display import Display, Rounding, format_quantity, to_hours
from hangarlink.platform.quantities.parsing import (
    MAX_COUNT,
    MAX_SECONDS,
    BadQuantity,
    parse_count,
    parse_hours,
    parse_quantity,
)
from hangarlink.platform.quantities.units import LABELS, Label, Unit, total

__all__ = [
    "LABELS",
    "MAX_COUNT",
    "MAX_SECONDS",
    "BadQuantity",
    "Display",
    "Label",
    "Rounding",
    "Unit",
    "format_quantity",
    "parse_count",
    "parse_hours",
    "parse_quantity",
    "to_hours",
    "total",
]
