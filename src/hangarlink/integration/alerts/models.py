"""Incidents, who was told of them, and who does not want to be told."""

from django.db import models
from django.db.models import Q

from hangarlink.integration.alerts.rules import Kind, what_to_do
from hangarlink.platform.people.models import Membership
from hangarlink.platform.tenancy.models import TenantModel


class Alert(TenantModel):
    """One incident: something of a kind is wrong with one thing, from opened_at until closed_at.

    permission   who holds it can mend it, is told, and sees it
    occurrences  how often it was noticed, last at last_at
    """

    kind = models.CharField(max_length=20, choices=[(one.value, one.value) for one in Kind])
    subject_id = models.UUIDField()
    label = models.CharField(max_length=200)
    code = models.CharField(max_length=40)
    message = models.CharField(max_length=300)
    permission = models.CharField(max_length=60)
    occurrences = models.PositiveIntegerField(default=1)
    opened_at = models.DateTimeField()
    last_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "alert"
        constraints = [
            models.UniqueConstraint(fields=["subject_id", "code"], condition=Q(closed_at=None), name="alert_open_once"),
        ]
        indexes = [models.Index(fields=["account", "-opened_at", "-id"], name="alert_by_time")]

    def __str__(self) -> str:
        return f"{self.label}: {self.code}"

    @property
    def to_do(self) -> str:
        return what_to_do(self.code)


class AlertMail(TenantModel):
    """One message to one person: that it began, or that it is over. The row is the proof that it is sent once."""

    alert = models.ForeignKey(
        Alert, on_delete=models.CASCADE, related_name="mails", db_constraint=False, db_index=False
    )
    membership = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    is_recovery = models.BooleanField(default=False)
    wanted_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "alert_mail"
        constraints = [
            models.UniqueConstraint(fields=["alert", "membership", "is_recovery"], name="alert_mail_once"),
        ]
        indexes = [models.Index(fields=["account", "wanted_at"], condition=Q(sent_at=None), name="alert_mail_waiting")]


class AlertChoice(TenantModel):
    """A person's own setting. Without a row: by e-mail."""

    membership = models.ForeignKey(
        Membership, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    by_mail = models.BooleanField(default=True)

    class Meta:
        db_table = "alert_choice"
        constraints = [models.UniqueConstraint(fields=["membership"], name="alert_choice_once")]
