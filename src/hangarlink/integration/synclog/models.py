"""One row per attempt, one row per record that a person may have to look at."""

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone

from hangarlink.integration.synclog.vocabulary import UNFINISHED, Direction, Flow, Kind, State, Trigger, Verdict
from hangarlink.platform.tenancy.models import TenantModel


def _choices(words: type) -> list[tuple[str, str]]:
    return [(word.value, word.value.replace("_", " ").capitalize()) for word in words]  # type: ignore[attr-defined]


class SyncRun(TenantModel):
    """One attempt to move data: a sync of one flow of a connection, its dry run, or one API call.

    connection_id, application_id  the partner; exactly one is set, or none for a person's call
    partner       its name as it was then
    counts        records by verdict; `read` is what came in from the other side
    total         how many records there are to read, where the partner says so; for the progress bar
    checkpoint    where an interrupted run goes on; written with the page it follows
    summary       one short sentence that anybody may read
    code          machine-readable kind of failure, "" when none
    technical     for holders of integrations.view_technical; redacted before it is stored
    """

    connection_id = models.UUIDField(null=True)
    application_id = models.UUIDField(null=True)
    partner = models.CharField(max_length=120, blank=True)
    flow = models.CharField(max_length=20, choices=_choices(Flow))
    direction = models.CharField(max_length=4, choices=_choices(Direction))
    kind = models.CharField(max_length=10, choices=_choices(Kind))
    trigger = models.CharField(max_length=10, choices=_choices(Trigger))
    requested_by = models.UUIDField(null=True)
    requested_by_label = models.CharField(max_length=200, blank=True)
    options = models.JSONField(default=dict)

    state = models.CharField(max_length=10, choices=_choices(State))
    requested_at = models.DateTimeField(default=timezone.now)
    started_at = models.DateTimeField(null=True)
    heartbeat_at = models.DateTimeField(null=True)
    not_before = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    starts = models.PositiveSmallIntegerField(default=0)
    checkpoint = models.JSONField(null=True, encoder=DjangoJSONEncoder)

    pages = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True)
    read = models.PositiveIntegerField(default=0)
    created = models.PositiveIntegerField(default=0)
    updated = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    removed = models.PositiveIntegerField(default=0)
    skipped = models.PositiveIntegerField(default=0)
    conflicted = models.PositiveIntegerField(default=0)
    rejected = models.PositiveIntegerField(default=0)
    failed = models.PositiveIntegerField(default=0)

    code = models.CharField(max_length=40, blank=True)
    summary = models.CharField(max_length=300, blank=True)
    technical = models.TextField(blank=True)

    class Meta:
        db_table = "sync_run"
        indexes = [
            models.Index(fields=["account", "-requested_at", "-id"], name="sync_run_by_time"),
            models.Index(fields=["account", "flow", "-requested_at"], name="sync_run_by_flow"),
            models.Index(
                fields=["connection_id", "requested_at"],
                condition=Q(state__in=[state.value for state in UNFINISHED]),
                name="sync_run_unfinished",
            ),
            models.Index(
                fields=["connection_id", "-requested_at"],
                condition=Q(connection_id__isnull=False),
                name="sync_run_by_partner",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.partner} {Flow(self.flow).label}".strip()

    @property
    def is_finished(self) -> bool:
        return State(self.state) not in UNFINISHED

    @property
    def counts(self) -> dict[str, int]:
        """Records by verdict, in the order that pages show them."""
        return {verdict.value: getattr(self, verdict.value) for verdict in Verdict}


class SyncRecord(TenantModel):
    """One record of a run that a person may have to look at: rejected, failed, or a line of a dry run's plan.

    parent_id  external id of what it belongs to: a flight's aircraft
    subject    what it is about, in the trade's words ("OY-SKA, 3 Jun 2026 09:12Z")
    payload    the canonical record, kept so that it can be tried again; no credentials, no personal data
    is_open    the newest word on this record is that it was not taken; later runs try it again and close it
    """

    run = models.ForeignKey(
        SyncRun, on_delete=models.CASCADE, related_name="records", db_constraint=False, db_index=False
    )
    verdict = models.CharField(max_length=10, choices=_choices(Verdict))
    connection_id = models.UUIDField(null=True)
    dataset = models.CharField(max_length=40, blank=True)
    external_id = models.CharField(max_length=120, blank=True)
    parent_id = models.CharField(max_length=120, blank=True)
    internal_id = models.UUIDField(null=True)
    subject = models.CharField(max_length=200, blank=True)
    code = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    old = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    new = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    payload = models.JSONField(null=True, encoder=DjangoJSONEncoder)
    is_open = models.BooleanField(default=False)

    class Meta:
        db_table = "sync_record"
        indexes = [
            models.Index(fields=["run", "verdict", "id"], name="sync_record_by_run"),
            models.Index(
                fields=["connection_id", "dataset", "external_id"], condition=Q(is_open=True), name="sync_record_open"
            ),
        ]
