"""What a rule would have told: the latest events that concern it, in the words it would use."""

from datetime import timedelta

from django.utils import timezone

from hangarlink.integration.notifications.models import Rule
from hangarlink.integration.notifications.rules import concerns
from hangarlink.integration.notifications.wording import Line, lines
from hangarlink.platform.events.models import OutboxEvent

LOOKED_BACK = timedelta(days=30)
LOOKED_AT = 500
SHOWN = 10


def latest_lines(rule: Rule) -> list[Line]:
    """The newest first, at most SHOWN, of the last LOOKED_BACK."""
    since = timezone.now() - LOOKED_BACK
    told = OutboxEvent.objects.filter(at__gte=since, type__in=rule.event_types).order_by("-at", "-id")[:LOOKED_AT]
    aircraft = [str(id) for id in rule.aircraft]
    fitting = [e for e in told if concerns(e.type, e.data, event_types=rule.event_types, aircraft=aircraft)]
    return lines(fitting[:SHOWN], with_details=rule.with_details)
