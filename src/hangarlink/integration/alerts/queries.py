"""Reads of the room."""

from django.db.models import F, QuerySet

from hangarlink.integration.alerts.models import Alert, AlertChoice
from hangarlink.platform.people.models import Membership
from hangarlink.platform.people.permissions import Actor


def alerts_for(actor: Actor) -> "QuerySet[Alert]":
    """What this person can mend: open ones first, then the latest. One statement."""
    return Alert.objects.filter(permission__in=actor.permissions).order_by(
        F("closed_at").desc(nulls_first=True), "-opened_at", "-id"
    )


def open_count(actor: Actor) -> int:
    return Alert.objects.filter(permission__in=actor.permissions, closed_at=None).count()


def wants_mail(membership: Membership) -> bool:
    return not AlertChoice.objects.filter(membership=membership, by_mail=False).exists()
