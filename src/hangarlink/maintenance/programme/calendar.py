"""The turn of a day: calendar limits move by themselves, so a job looks once an hour which lines the date crossed."""

from typing import Any

from hangarlink.maintenance.programme.announcing import announce_changes
from hangarlink.maintenance.programme.days import today
from hangarlink.maintenance.programme.models import CalendarTurn
from hangarlink.maintenance.programme.queries.statements import rows
from hangarlink.maintenance.programme.queries.states import states_of
from hangarlink.platform.jobs.models import Schedule
from hangarlink.platform.jobs.schedules import set_schedule
from hangarlink.platform.tenancy.context import acting_in, current_account
from hangarlink.platform.tenancy.models import Account

TASK = "programme.turn_calendar"
# Midnight of the account is at some full or half hour of UTC; each hour is soon enough.
EVERY_SECONDS = 3_600

# Lines the date can cross between two days: into due soon, onto the due date, past it. By index.
_CROSSED = """
SELECT item_id FROM due_term WHERE account_id = %(account)s AND alert_date > %(old)s AND alert_date <= %(new)s
UNION
SELECT item_id FROM due_term WHERE account_id = %(account)s AND limit_date >= %(old)s AND limit_date <= %(new)s
"""


def watch_calendar(account: Account) -> None:
    """Have the days announced from now on. Harmless to repeat."""
    if not Schedule.objects.filter(account=account, task=TASK, subject_id=account.id).exists():
        set_schedule(account, TASK, account.id, every_seconds=EVERY_SECONDS)
        CalendarTurn.objects.get_or_create(account=account, defaults={"announced_on": today()})


def turn_calendar(account: Account) -> int:
    """Announce the items whose state changed with the date since the last time; return how many were looked at.

    A day that was missed is caught up; a second run on the same day finds nothing to do.
    """
    with acting_in(account):
        turn = CalendarTurn.objects.select_for_update().filter(account=account).first()
        now = today()
        if turn is None or turn.announced_on >= now:
            return 0
        crossed = _crossed(old=turn.announced_on, new=now)
        announce_changes(states_of(crossed, as_of=turn.announced_on), states_of(crossed, as_of=now))
        turn.announced_on = now
        turn.save(update_fields=["announced_on"])
        return len(crossed)


def _crossed(**days: Any) -> list[Any]:
    return [item for (item,) in rows(_CROSSED, {"account": current_account().id, **days})]
