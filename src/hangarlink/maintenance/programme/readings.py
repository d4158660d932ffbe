"""Values people read from instruments and logbooks: checked, completed from usage, compared with it."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.fleet.vocabulary import Unit
from hangarlink.maintenance.components.models import Component
from hangarlink.maintenance.programme.derivation import totals
from hangarlink.maintenance.programme.models import ValueSource
from hangarlink.maintenance.programme.queries.statements import rows
from hangarlink.maintenance.programme.rules.checks import Gauge, check_value
from hangarlink.maintenance.programme.versions import Reading, Readings, derived
from hangarlink.maintenance.programme.words import show, step
from hangarlink.platform.errors import RuleBroken

# The values on record around a moment, of versions that stand. Derived ones may still move, so they prove nothing.
_NEIGHBOURS = """
SELECT v.counter_id, max(v.value) FILTER (WHERE v.at < %(at)s), min(v.value) FILTER (WHERE v.at > %(at)s)
FROM accomplishment_value v JOIN accomplishment a ON a.id = v.accomplishment_id
WHERE v.counter_id = ANY(%(counters)s) AND v.source = 'read'
  AND a.superseded_at IS NULL AND NOT a.is_withdrawn AND a.chain IS DISTINCT FROM %(chain)s::uuid
GROUP BY v.counter_id
"""


def complete(
    holder: Aircraft | Component, values: Mapping[UUID, int], at: datetime, *, chain: UUID | None = None
) -> Readings:
    """The totals of every counter of an aircraft or a component at a moment: what a person read, else what usage says.

    values  read by a person, by counter, in its unit
    chain   of the accomplishment they belong to: its other versions prove nothing

    A counter of which neither is known has no reading. Raises RuleBroken for a value nobody can have read.
    """
    counters = {counter.id: counter for counter in counters_of(holder)}
    if strangers := values.keys() - counters.keys():
        raise RuleBroken(f"{next(iter(strangers))} is not a counter of {holder}.", field="values")
    around = _neighbours(values, at, chain)
    for counter_id, value in values.items():
        check_value(_gauge(counters[counter_id], *around.get(counter_id, (None, None))), value, at)
    rest = counters.keys() - values.keys()
    said = {counter: Reading(value, ValueSource.READ) for counter, value in values.items()}
    return {**derived(rest, totals({(counter, at) for counter in rest}), at), **said}


def counters_of(holder: Aircraft | Component) -> QuerySet[Counter]:
    """The counters of an aircraft or of a component, in their order."""
    own = {"aircraft": holder} if isinstance(holder, Aircraft) else {"component_id": holder.pk}
    return Counter.objects.filter(**own).order_by("position", "name")


def _gauge(counter: Counter, earlier: int | None, later: int | None) -> Gauge:
    return Gauge(
        name=counter.name,
        show=lambda value: show(counter, value),
        timed=counter.unit == Unit.SECONDS,
        step=step(counter),
        total=counter.total,
        total_at=counter.total_at,
        earlier=earlier,
        later=later,
    )


def _neighbours(
    counters: Iterable[UUID], at: datetime, chain: UUID | None
) -> dict[UUID, tuple[int | None, int | None]]:
    found = rows(_NEIGHBOURS, {"at": at, "counters": list(counters), "chain": chain})
    return {counter: (earlier, later) for counter, earlier, later in found}
