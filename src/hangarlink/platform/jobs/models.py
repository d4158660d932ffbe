"""Schedules: rows with a next instant, so that any number of workers fires each one once."""

from django.db import models

from hangarlink.platform.tenancy.models import Account, new_id


class Schedule(models.Model):
    """`task` runs for `subject_id` every `every_seconds`, next at `next_run_at`.

    Not a tenant table: the worker must see the schedules of all accounts. It holds ids and times only.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+")
    task = models.CharField(max_length=80)
    subject_id = models.UUIDField()
    every_seconds = models.PositiveIntegerField()
    next_run_at = models.DateTimeField()
    is_active = models.BooleanField(default=True)

    class Meta:
        db_table = "schedule"
        constraints = [
            models.UniqueConstraint(fields=["account", "task", "subject_id"], name="schedule_once"),
            models.CheckConstraint(condition=models.Q(every_seconds__gte=60), name="schedule_at_least_a_minute"),
        ]
        indexes = [models.Index(fields=["next_run_at"], condition=models.Q(is_active=True), name="schedule_due")]


class Firing(models.Model):
    """One due instant of a schedule, fired once: the unique pair is the proof."""

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="firings")
    due_at = models.DateTimeField()
    fired_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "schedule_firing"
        constraints = [models.UniqueConstraint(fields=["schedule", "due_at"], name="firing_once")]
