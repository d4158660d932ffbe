"""How many items are in which state, without looking at those that are OK."""

from datetime import date

from hangarlink.maintenance.programme.days import today
from hangarlink.maintenance.programme.models import DueItem
from hangarlink.maintenance.programme.queries import scores
from hangarlink.maintenance.programme.queries.scores import moment
from hangarlink.maintenance.programme.queries.statements import rows
from hangarlink.maintenance.programme.rules.states import State

_COUNT = f"{scores.ALERTING.ctes} SELECT state, count(*) FROM scored WHERE state > 0 GROUP BY state"  # noqa: S608 - constants only


def state_counts(*, as_of: date | None = None) -> dict[State, int]:
    """Open items of the account by state; every state is present."""
    found = {State(state): int(number) for state, number in rows(_COUNT, moment(as_of or today()))}
    total = DueItem.objects.filter(closed_at__isnull=True, ended=False).count()
    return {State.OK: total - sum(found.values())} | {
        state: found.get(state, 0) for state in State if state is not State.OK
    }
