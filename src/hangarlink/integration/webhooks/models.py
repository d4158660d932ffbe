"""Endpoints, what each of them is to get, and every attempt to bring it there."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from hangarlink.integration.webhooks.vocabulary import DeliveryState, EndpointState, Outcome, StopCode
from hangarlink.platform.applications.models import Application
from hangarlink.platform.outbound import origin
from hangarlink.platform.tenancy.models import TenantModel


def _choices(words: type[EndpointState | StopCode | DeliveryState | Outcome]) -> list[tuple[str, str]]:
    return [(word.value, word.value.replace("_", " ").capitalize()) for word in words]


class Endpoint(TenantModel):
    """An address that is told of events, of the account or of one OAuth application. Its secret is in the vault.

    url              may hold a key in its path or query: kept out of audit, events and logs
    event_types      [] means every type; an application's endpoint never gets more than its scopes let it read
    changed_fields   {event type: names}: events of that type only when one of these is among their `changed`
    strict_order     one at a time, in the order of announcing; a delivery that cannot be made stops the endpoint
    stop_code        why we stopped sending, "" otherwise
    missed_since     while it is not active: what happened from here on has not been delivered
    failures         failed attempts since the last good one; failing_since is the first of them
    held_until       nothing is sent before: it was out of reach, or asked for time
    previous_until   deliveries carry a second signature with the secret before the last rotation until then
    """

    application = models.ForeignKey(
        Application, on_delete=models.CASCADE, related_name="webhook_endpoints", null=True, db_constraint=False
    )
    url = models.CharField(max_length=2048)
    description = models.CharField(max_length=200, blank=True)
    event_types = ArrayField(models.CharField(max_length=80), default=list)
    changed_fields = models.JSONField(default=dict)
    strict_order = models.BooleanField(default=False)
    state = models.CharField(max_length=8, choices=_choices(EndpointState), default=EndpointState.ACTIVE)
    stop_code = models.CharField(max_length=8, choices=_choices(StopCode), blank=True)
    missed_since = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)
    secret_set_at = models.DateTimeField()
    previous_until = models.DateTimeField(null=True)

    failures = models.PositiveIntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True)

    class Meta:
        db_table = "webhook_endpoint"
        constraints = [
            models.CheckConstraint(
                condition=Q(state="stopped") ^ Q(stop_code=""),
                name="webhook_endpoint_stopped_why",
            ),
            models.CheckConstraint(
                condition=Q(state="active") ^ Q(missed_since__isnull=False),
                name="webhook_endpoint_missed_since",
            ),
        ]
        indexes = [models.Index(fields=["account", "created_at"], name="webhook_endpoint_in_order")]

    def __str__(self) -> str:
        return self.description or self.origin

    @property
    def origin(self) -> str:
        """Where it leads, without path and query, which may be secret."""
        return origin(self.url)

    @property
    def is_active(self) -> bool:
        return self.state == EndpointState.ACTIVE


class Delivery(TenantModel):
    """One event for one endpoint: unique, whatever is repeated. The event's id is the message's id for the receiver.

    due_at    when the next attempt may be made; the event's own moment until the first one failed
    attempts  made in this round; a replay begins a new one
    last_*    of the newest attempt
    """

    endpoint = models.ForeignKey(
        Endpoint, on_delete=models.CASCADE, related_name="deliveries", db_constraint=False, db_index=False
    )
    event_id = models.UUIDField()
    event_type = models.CharField(max_length=80)
    event_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=_choices(DeliveryState), default=DeliveryState.PENDING)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    replays = models.PositiveSmallIntegerField(default=0)
    last_at = models.DateTimeField(null=True)
    last_outcome = models.CharField(max_length=12, choices=_choices(Outcome), blank=True)
    last_status = models.PositiveSmallIntegerField(null=True)
    last_ms = models.PositiveIntegerField(null=True)

    class Meta:
        db_table = "webhook_delivery"
        constraints = [models.UniqueConstraint(fields=["endpoint", "event_id"], name="webhook_delivery_once")]
        indexes = [
            models.Index(
                fields=["endpoint", "due_at", "event_id"], condition=Q(state="pending"), name="webhook_delivery_due"
            ),
            models.Index(fields=["account", "-event_at", "-id"], name="webhook_delivery_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.event_type} {self.event_id}"


class Attempt(TenantModel):
    """One try: when, how long, what came back. `answer` is the redacted beginning of the receiver's body."""

    delivery = models.ForeignKey(
        Delivery, on_delete=models.CASCADE, related_name="tries", db_constraint=False, db_index=False
    )
    number = models.PositiveSmallIntegerField()
    at = models.DateTimeField()
    outcome = models.CharField(max_length=12, choices=_choices(Outcome))
    status = models.PositiveSmallIntegerField(null=True)
    ms = models.PositiveIntegerField()
    answer = models.CharField(max_length=500, blank=True)

    class Meta:
        db_table = "webhook_attempt"
        indexes = [models.Index(fields=["delivery", "at"], name="webhook_attempt_of_delivery")]
