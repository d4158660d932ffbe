"""Reads of the room."""

from django.db.models import QuerySet

from hangarlink.integration.alerts.models import Alert, AlertChoice
from hangarlink.platform.people.models import Membership
from hangarlink.platform.people.permissions import Actor


def alerts_for(actor: Actor) -> "QuerySet[Alert]":
    """What this person can mend, in no order."""
    return Alert.objects.filter(permission__in=actor.permissions)


def open_count(actor: Actor) -> int:
    return Alert.objects.filter(permission__in=actor.permissions, closed_at=None).count()


def wants_mail(membership: Membership) -> bool:
    return not AlertChoice.objects.filter(membership=membership, by_mail=False).exists()
