"""Connections, their streams, and the links between the partner's records and ours."""

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q

from hangarlink.integration.connections import rules
from hangarlink.integration.synclog.vocabulary import Direction, Flow
from hangarlink.platform.tenancy.models import TenantModel


class ConnectionState(models.TextChoices):
    """PAUSED: nothing runs, everything is kept. DISCONNECTED: the key is forgotten, links and imported data stay."""

    ACTIVE = "active", "Active"
    PAUSED = "paused", "Paused"
    DISCONNECTED = "disconnected", "Disconnected"


class Connection(TenantModel):
    """An account's connection to one partner account. Its secret is in the vault and can only be replaced.

    identity_key, identity_name  whose account the key opened when it was proven; a key of another account is refused
    auth_kind    which of the manifest's kinds of authentication it uses, "" for the proposed one
    access       what that kind asks for and is no secret: host, user name, folder
    options      what the connector may be told, e.g. import_since, and what an authorisation brought: realmId
    failures     failed runs since the last good one
    alert_*      the incident that somebody has to look at, "" when all is well
    """

    connector = models.CharField(max_length=20)
    name = models.CharField(max_length=120)
    base_url = models.CharField(max_length=2048, blank=True)
    identity_key = models.CharField(max_length=200)
    identity_name = models.CharField(max_length=200)
    auth_kind = models.CharField(max_length=20, blank=True)
    access = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=12, choices=ConnectionState, default=ConnectionState.ACTIVE)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)
    secret_set_at = models.DateTimeField(null=True)

    last_success_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    alert_code = models.CharField(max_length=40, blank=True)
    alert_message = models.CharField(max_length=300, blank=True)
    alert_since = models.DateTimeField(null=True)

    class Meta:
        db_table = "connection"
        constraints = [
            models.UniqueConstraint(fields=["account", "connector", "identity_key"], name="connection_partner_once"),
            models.UniqueConstraint(
                fields=["account", "name"], condition=~Q(state="disconnected"), name="connection_name_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def source(self) -> str:
        """Where records of this partner come from. It outlives keys, names and reconnecting: see `rules.source_of`."""
        return rules.source_of(self.connector, self.identity_key)

    @property
    def is_active(self) -> bool:
        return self.state == ConnectionState.ACTIVE


class Frequency(models.TextChoices):
    """How often a stream runs by itself. Source: requirements/3, "Scheduled sync".

    REAL_TIME  when something changes (a webhook of the partner, an event here), and at midnight UTC everything
    DAILY      at midnight UTC, everything
    """

    REAL_TIME = "real_time", "Real time"
    HOURLY = "hourly", "Every hour"
    SIX_HOURLY = "six_hourly", "Every 6 hours"
    DAILY = "daily", "Daily at midnight UTC"
    MANUAL = "manual", "Only by hand"


class DeletionPolicy(models.TextChoices):
    """What follows here when the partner no longer has a record, or there when we no longer have it."""

    NEVER = "never", "Keep it"
    FLAG = "flag", "Keep it and mark it"
    ASK = "ask", "Ask somebody"
    DELETE = "delete", "Remove it"


class Stream(TenantModel):
    """One flow of a connection in one direction: whether and how often it moves, and how far it came.

    direction        IN: the partner's records come here; OUT: ours go there
    is_enabled       an administrator switched it on; nothing of a stream that is not on ever moves
    every_seconds    the grid of its schedule, None when nothing runs by the clock; follows `frequency`
    cursors          per dataset, where the next pull goes on
    planned_at       when a dry run last showed what would happen; the first real run waits for it
    conflict_rule    "" for the dataset's own; else one of conflicts.rules.Rule
    """

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="streams", db_constraint=False, db_index=False
    )
    flow = models.CharField(max_length=20, choices=[(flow.value, flow.label) for flow in Flow])
    direction = models.CharField(
        max_length=4, choices=[(way.value, way.value.capitalize()) for way in Direction], default=Direction.IN
    )
    is_enabled = models.BooleanField(default=False)
    frequency = models.CharField(max_length=12, choices=Frequency, default=Frequency.MANUAL)
    every_seconds = models.PositiveIntegerField(null=True)
    deletion_policy = models.CharField(max_length=8, choices=DeletionPolicy, default=DeletionPolicy.FLAG)
    conflict_rule = models.CharField(max_length=20, blank=True)
    cursors = models.JSONField(default=dict)
    planned_at = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "connection_stream"
        constraints = [models.UniqueConstraint(fields=["connection", "flow", "direction"], name="stream_once")]

    def __str__(self) -> str:
        return Flow(self.flow).label


class LinkState(models.TextChoices):
    LINKED = "linked", "Linked"
    UNMATCHED = "unmatched", "No match"
    SKIPPED = "skipped", "Not wanted"


class Link(TenantModel):
    """A partner's record and ours that are the same thing. (Flights that come in carry their own: source, external id.)

    external_id       "" while the partner does not know it: a push is on its way
    external_version  the partner's version that we have seen (SyncToken, etag), "" where it has none
    external_changed_at  when that changed there, None where the partner does not say
    internal_version  our row's version that the partner has seen; None when never: then a push is due
    content_hash      of the content on which both sides agreed last
    facts             that content, in canonical words, or what the partner said of it last
    refused_version   our row's version that the partner refused: not sent again until it changes or somebody asks
    is_held           changed on both sides: nothing moves until a person has decided
    code              why it is not linked
    is_pinned         a person chose the pair (or chose none); matching leaves it alone
    is_listed         it was in the partner's last complete listing
    candidates        rows of ours that it may be, while a person has not chosen; none of them is sent meanwhile
    """

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="links", db_constraint=False, db_index=False
    )
    dataset = models.CharField(max_length=40)
    external_id = models.CharField(max_length=120, blank=True)
    internal_id = models.UUIDField(null=True)
    external_version = models.CharField(max_length=200, blank=True)
    external_changed_at = models.DateTimeField(null=True)
    internal_version = models.BigIntegerField(null=True)
    refused_version = models.BigIntegerField(null=True)
    is_held = models.BooleanField(default=False)
    label = models.CharField(max_length=120)
    state = models.CharField(max_length=10, choices=LinkState)
    code = models.CharField(max_length=40, blank=True)
    is_pinned = models.BooleanField(default=False)
    is_listed = models.BooleanField(default=True)
    candidates = ArrayField(models.UUIDField(), default=list)
    facts = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    content_hash = models.BinaryField(max_length=32, null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "connection_link"
        indexes = [
            models.Index(fields=["connection", "dataset"], condition=Q(external_id=""), name="link_without_name"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "dataset", "external_id"],
                condition=~Q(external_id=""),
                name="link_external_once",
            ),
            models.UniqueConstraint(
                fields=["connection", "dataset", "internal_id"],
                condition=Q(internal_id__isnull=False),
                name="link_internal_once",
            ),
            models.CheckConstraint(
                condition=Q(state="linked", internal_id__isnull=False)
                | (~Q(state="linked") & Q(internal_id__isnull=True)),
                name="link_whole",
            ),
        ]

    def __str__(self) -> str:
        return self.label
