"""Schedules fire once per due instant with any number of workers; a missed one is caught up once."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from hangarlink.platform.jobs.bells import subject_of
from hangarlink.platform.jobs.models import Firing, Schedule
from hangarlink.platform.jobs.queue import DAILY, enqueue, lock_of
from hangarlink.platform.tenancy.models import Account

DAY = 24 * 3600
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)


def following(every_seconds: int, now: datetime) -> datetime:
    """The first instant of the grid after now. The grid starts at midnight UTC, so daily means midnight UTC."""
    every = timedelta(seconds=every_seconds)
    return EPOCH + ((now - EPOCH) // every + 1) * every


def set_schedule(
    account: Account, task: str, subject_id: UUID, *, every_seconds: int | None, next_at: datetime | None = None
) -> Schedule | None:
    """Create, change or (every_seconds None) remove one subject's schedule, in the action's transaction.

    next_at  once before the grid's next instant, for work that is due at a moment of its own
    """
    rows = Schedule.objects.filter(account=account, task=task, subject_id=subject_id)
    if every_seconds is None:
        rows.delete()
        return None
    on_grid = following(every_seconds, timezone.now())
    schedule, _ = Schedule.objects.update_or_create(
        account=account,
        task=task,
        subject_id=subject_id,
        defaults={
            "every_seconds": every_seconds,
            "next_run_at": on_grid if next_at is None else min(next_at, on_grid),
            "is_active": True,
        },
    )
    return schedule


def schedule_daily(accounts: Iterable[Account] | None = None) -> int:
    """Give these accounts, or all, the daily tasks that they do not have yet; return how many were missing.

    Done for a new account, and by every worker that starts: a task of a newer version reaches accounts of before.
    """
    wanted = Account.objects.all() if accounts is None else accounts
    has = set(Schedule.objects.filter(task__in=DAILY).values_list("account_id", "task"))
    next_at = following(DAY, timezone.now())
    missing = [
        Schedule(account=one, task=task, subject_id=subject_of(task, one), every_seconds=DAY, next_run_at=next_at)
        for one in wanted
        for task in sorted(DAILY)
        if (one.id, task) not in has
    ]
    Schedule.objects.bulk_create(missing, ignore_conflicts=True)
    return len(missing)


def fire_due(now: datetime | None = None) -> int:
    """Enqueue every schedule that is due and move it to its next instant; return how many fired.

    Rows that another worker holds are skipped, not waited for. However many instants were missed, one job runs.
    """
    now = now or timezone.now()
    with transaction.atomic():
        due = list(
            Schedule.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("account")
            .filter(is_active=True, next_run_at__lte=now)[:100]
        )
        Firing.objects.bulk_create(Firing(schedule=schedule, due_at=schedule.next_run_at) for schedule in due)
        for schedule in due:
            schedule.next_run_at = following(schedule.every_seconds, now)
            enqueue(
                schedule.task, schedule.account, lock=lock_of(schedule.subject_id), subject_id=str(schedule.subject_id)
            )
        Schedule.objects.bulk_update(due, ["next_run_at"])
    return len(due)
