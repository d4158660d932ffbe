"""Rules, the messages made of them, and which events stand in which message."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from hangarlink.integration.connections.models import Connection
from hangarlink.integration.notifications.rules import Cadence
from hangarlink.platform.tenancy.models import TenantModel


class Rule(TenantModel):
    """Tell these events to this channel of this connection.

    channel, channel_name  in the partner's terms, and for people: Slack's id and #name, or e-mail addresses
    aircraft       ids of the only aircraft it is about; empty for all
    with_details   also what people typed, such as a defect's description; it may name somebody
    hour           of the account's day, for digests
    """

    name = models.CharField(max_length=120)
    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="notification_rules", db_constraint=False, db_index=False
    )
    channel = models.CharField(max_length=500)
    channel_name = models.CharField(max_length=500)
    event_types = ArrayField(models.CharField(max_length=80))
    aircraft = ArrayField(models.UUIDField(), default=list)
    cadence = models.CharField(max_length=8, choices=[(one.value, one.value) for one in Cadence])
    hour = models.PositiveSmallIntegerField(default=6)
    with_details = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        db_table = "notification_rule"
        constraints = [
            models.UniqueConstraint(fields=["account", "name"], name="notification_rule_name_once"),
            models.CheckConstraint(condition=Q(hour__lte=23), name="notification_rule_hour"),
            models.CheckConstraint(condition=~Q(event_types=[]), name="notification_rule_of_something"),
        ]

    def __str__(self) -> str:
        return self.name


class Kind(models.TextChoices):
    EVENT = "event", "Event"
    DIGEST = "digest", "Digest"
    TEST = "test", "Test"


class State(models.TextChoices):
    """REFUSED: the partner will not have it, or it could not be handed over for days."""

    WAITING = "waiting", "Waiting"
    SENT = "sent", "Sent"
    REFUSED = "refused", "Not delivered"


class Message(TenantModel):
    """One message to one channel: no text, only what it is made of (`entries`).

    due_at      from when on it may be sent; not_before: when it is tried next
    is_unsure   the last try may have arrived: nobody answered, or the worker was killed
    external_id the partner's name of it, once it was sent
    code, note  why it was not delivered, for people
    """

    rule = models.ForeignKey(
        Rule, on_delete=models.CASCADE, related_name="messages", db_constraint=False, db_index=False
    )
    connection_id = models.UUIDField()
    kind = models.CharField(max_length=6, choices=Kind)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    due_at = models.DateTimeField()
    not_before = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    is_unsure = models.BooleanField(default=False)
    external_id = models.CharField(max_length=120, blank=True)
    code = models.CharField(max_length=40, blank=True)
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "notification_message"
        constraints = [
            models.UniqueConstraint(
                fields=["rule", "due_at"], condition=Q(kind="digest"), name="notification_digest_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["connection_id", "not_before", "id"], condition=Q(state="waiting"), name="notification_due"
            ),
            models.Index(fields=["account", "-created_at", "-id"], name="notification_by_time"),
            models.Index(fields=["rule", "-created_at"], name="notification_by_rule"),
        ]


class Entry(TenantModel):
    """An event that a rule tells of, in one message and once for ever."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="entries", db_constraint=False)
    rule = models.ForeignKey(Rule, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    event_id = models.UUIDField()

    class Meta:
        db_table = "notification_entry"
        constraints = [models.UniqueConstraint(fields=["rule", "event_id"], name="notification_event_once")]
