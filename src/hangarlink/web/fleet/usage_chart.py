"""The usage history of a counter as a chart."""

from datetime import UTC

from django.utils import timezone

from hangarlink.fleet.models import Counter
from hangarlink.platform.quantities import Display, Unit, format_quantity
from hangarlink.web import formats
from hangarlink.web.charts import BarChart, bar_chart
from hangarlink.web.fleet import reads

MONTHS = 12


def usage_chart(counter: Counter) -> BarChart:
    """What the counter gained in each of the last twelve months."""
    months = reads.last_months(timezone.now().astimezone(UTC).date(), MONTHS)
    gained = reads.usage_by_month([counter], since=months[0]).get(counter.pk, {})
    unit = Unit(counter.unit)
    return bar_chart(
        f"{counter.name} per month",
        [(formats.month_text(month), gained.get(month, 0)) for month in months],
        words=lambda amount: str(formats.quantity_of(counter, amount)) + (" h" if unit is Unit.SECONDS else ""),
        mark=lambda amount: format_quantity(amount, unit, Display.DECIMAL_1).removesuffix(".0"),
        unit=3600 if unit is Unit.SECONDS else 1,
    )
