"""One page into one transaction: effects, log records, counts and checkpoint together, or none of them."""

import traceback
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from django.db import DatabaseError, OperationalError, transaction
from django.db import connection as database
from django.utils import timezone

from hangarlink.integration.conflicts.actions import keep_clashes
from hangarlink.integration.conflicts.rules import decide, most_removals, overwrites, rule_for
from hangarlink.integration.connections.models import (
    Connection,
    ConnectionState,
    DeletionPolicy,
    Link,
    LinkState,
    Stream,
)
from hangarlink.integration.contract import LONGEST_ID, Dataset, Page, is_storable, redact
from hangarlink.integration.datasets.adapters import ADAPTERS
from hangarlink.integration.datasets.outcome import Context, Outcome
from hangarlink.integration.sync.guard import Halted, TakenOver
from hangarlink.integration.synclog.models import SyncRecord, SyncRun
from hangarlink.integration.synclog.vocabulary import Direction, State, Verdict
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account

log = structlog.get_logger(__name__)

REFUSED = frozenset({Verdict.REJECTED, Verdict.FAILED})
WRITTEN = frozenset({Verdict.CREATED, Verdict.UPDATED, Verdict.REMOVED})
# A plan is for reading: so many rows of a kind are kept, the counts are exact.
PLAN_ROWS = {Verdict.UNCHANGED: 100, Verdict.SKIPPED: 500}
PLAN_ROWS_OF_OTHERS = 2_000
CONFLICT_TRIES = 4
DEADLOCK, SERIALIZATION = "40P01", "40001"
NAMELESS = Outcome("", Verdict.REJECTED, code="no_id", reason="The partner sent a record without an id.")
BROKEN = "Hangarlink could not store this record; administrators find the error in the technical detail."


@dataclass
class Journey:
    """A run on its way: what stays the same from page to page.

    epoch    the run's `starts` when this drain took it; a higher one in the row means somebody else has it now
    seen     in a dry run, what earlier pages would have written: each page itself is rolled back
    planned  in a dry run, how many rows of each kind the plan has
    errors   technical detail of records that failed
    cursors  where each dataset goes on; saved with every page
    began    when this drain took the run
    told     what the last transaction wrote into the run's row; the instance takes it over once that is committed
    tried    attempts of a push that this drain has sent
    """

    account: Account
    run: SyncRun
    connection: Connection
    stream: Stream
    actor: Actor
    epoch: int
    is_dry: bool
    seen: set[tuple[Dataset, str]] = field(default_factory=set)
    planned: Counter[str] = field(default_factory=Counter)
    errors: list[str] = field(default_factory=list)
    cursors: dict[str, dict[str, Any]] = field(default_factory=dict)
    began: datetime = field(default_factory=timezone.now)
    told: dict[str, Any] = field(default_factory=dict)
    tried: set[UUID] = field(default_factory=set)


def apply_page(journey: Journey, dataset: Dataset, page: Page[Any]) -> None:
    """Apply a page of a pull and remember where the next one begins. Raises TakenOver."""

    def work(now: datetime) -> None:
        deleted = _names(page.deleted)
        named = [record for record in page.records if record.external_id]
        outcomes = _tried(journey, dataset, named, deleted, now)
        outcomes += [NAMELESS] * (len(page.records) - len(named))
        outcomes += [
            Outcome(one.external_id, Verdict.REJECTED, one.subject, one.code, one.reason) for one in page.unreadable
        ]
        if not journey.is_dry and _has_open(journey):
            told = [one.external_id for one in (*named, *page.unreadable)]
            _close(journey, dataset, [*deleted, *told, *(outcome.external_id for outcome in outcomes)])
        keep(journey, dataset, outcomes)
        counts = Counter[str](outcome.verdict for outcome in outcomes)
        if dataset is not Dataset.COUNTER_TOTALS:  # compared, not taken over
            counts["read"] += len(page.records) + len(page.deleted) + len(page.unreadable)
        cursors = {**journey.cursors, dataset.value: dict(page.cursor.values)}
        count_up(journey, counts, now, checkpoint={"dataset": dataset.value, "cursors": cursors}, total=page.total)

    in_transaction(journey, work)
    journey.cursors[dataset.value] = dict(page.cursor.values)


def apply_absence(journey: Journey, dataset: Dataset, seen: set[str]) -> None:
    """After a complete listing that began with its first page: what was not in it. Raises TakenOver."""

    def work(now: datetime) -> None:
        with transaction.atomic():
            outcomes = ADAPTERS[dataset].absent(seen, context_of(journey, dataset, now))
            transaction.set_rollback(journey.is_dry)
        keep(journey, dataset, outcomes)
        count_up(journey, Counter(outcome.verdict.value for outcome in outcomes), now)

    in_transaction(journey, work)


def apply_again(journey: Journey, dataset: Dataset, rows: Sequence[SyncRecord]) -> None:
    """Try refused records once more, as they were told. Those taken now are counted and closed, the others stay open
    with the reason of today. Raises TakenOver."""

    def work(now: datetime) -> None:
        records = [ADAPTERS[dataset].again(row.payload or {}) for row in rows]
        outcomes = _tried(journey, dataset, records, [], now)
        taken = [outcome for outcome in outcomes if outcome.verdict not in REFUSED]
        keep(journey, dataset, taken)
        count_up(journey, Counter(outcome.verdict.value for outcome in taken), now)
        if not journey.is_dry:
            _close(journey, dataset, [outcome.external_id for outcome in taken])
            _say_why(rows, {one.external_id: one for one in outcomes if one.verdict in REFUSED})

    in_transaction(journey, work)


def fence(journey: Journey) -> None:
    """Hold the run's row until the transaction ends, and be sure that it is still ours, and still wanted."""
    held = SyncRun.objects.select_for_update().filter(pk=journey.run.pk).values_list("starts", "state").first()
    if held != (journey.epoch, State.RUNNING):
        raise TakenOver
    now = Connection.objects.values_list("state", flat=True).get(pk=journey.connection.pk)
    if now != ConnectionState.ACTIVE:
        raise Halted(f"{journey.connection.name} was {now} while the sync was running.")


def in_transaction(journey: Journey, work: Callable[[datetime], None]) -> None:
    """A transaction that loses against another one (deadlock, serialization) is tried again as a whole."""
    for tries_left in reversed(range(CONFLICT_TRIES)):
        try:
            with acting_in(journey.account):
                fence(journey)
                with _planned_by_index():
                    work(timezone.now())
        except OperationalError as error:
            if not tries_left or getattr(error.__cause__, "sqlstate", "") not in {DEADLOCK, SERIALIZATION}:
                raise
        else:
            for name, value in journey.told.items():
                setattr(journey.run, name, value)
            return


@contextmanager
def _planned_by_index() -> Iterator[None]:
    """A first import fills empty tables, of which the planner knows nothing: a plan that reads whole tables looks good
    to it, is kept for the connection, and gets slower with every page. What a page asks has an index.

    The checks of references at commit are planned once per connection, as ever: there are thousands of them.
    """
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('enable_seqscan', 'off', true), set_config('enable_bitmapscan', 'off', true), "
            "set_config('plan_cache_mode', 'force_custom_plan', true)"
        )
    yield
    with database.cursor() as cursor:
        cursor.execute("SELECT set_config('plan_cache_mode', 'auto', true)")


def context_of(journey: Journey, dataset: Dataset, now: datetime) -> Context:
    """What an adapter works with: who acts, and the stream's rules."""
    rule, stream = rule_for(dataset, journey.stream.conflict_rule), journey.stream
    is_asked = stream.deletion_policy in {DeletionPolicy.ASK, DeletionPolicy.DELETE}
    links = Link.objects.filter(connection=journey.connection, dataset=dataset, state=LinkState.LINKED)
    return Context(
        journey.connection,
        journey.actor,
        now,
        explain=journey.is_dry,
        is_first=journey.is_dry or not journey.told,
        judge=lambda ours, theirs: decide(rule, ours, theirs, now=now),
        policy=DeletionPolicy(stream.deletion_policy),
        most_removals=most_removals(links.count(), journey.run.removed) if is_asked else 0,
        overwrites=overwrites(rule),
    )


def _tried(
    journey: Journey, dataset: Dataset, records: Sequence[Any], deleted: Sequence[str], now: datetime
) -> list[Outcome]:
    """The adapter's outcomes; in a dry run everything it wrote is undone."""
    with transaction.atomic():
        outcomes = _apply(journey, dataset, records, deleted, context_of(journey, dataset, now))
        transaction.set_rollback(journey.is_dry)
    return _without_repeats(journey, dataset, outcomes) if journey.is_dry else outcomes


def _apply(
    journey: Journey, dataset: Dataset, records: Sequence[Any], deleted: Sequence[str], context: Context
) -> list[Outcome]:
    """A record that breaks the page is found by halving, and fails alone."""
    try:
        with transaction.atomic():
            return ADAPTERS[dataset].apply(records, deleted, context)
    except OperationalError:
        raise
    except (DatabaseError, ValueError, TypeError, LookupError, ArithmeticError) as error:
        if deleted:
            # Deletions are names only: if they break, it is not for what one of them says.
            if not records:
                raise
            first = _apply(journey, dataset, [], deleted, context)
            return first + _apply(journey, dataset, records, [], context)
        if len(records) > 1:
            half = len(records) // 2
            first = _apply(journey, dataset, records[:half], [], context)
            return first + _apply(journey, dataset, records[half:], [], context)
        log.exception("record_failed", dataset=dataset.value)
        journey.errors.append(redact("".join(traceback.format_exception_only(error))))
        return [ADAPTERS[dataset].failed(records[0], BROKEN)]


def _names(deleted: Sequence[str]) -> list[str]:
    """Those that may be names of records of ours."""
    return [name for name in deleted if 0 < len(name) <= LONGEST_ID and is_storable(name)]


def _without_repeats(journey: Journey, dataset: Dataset, outcomes: list[Outcome]) -> list[Outcome]:
    """What an earlier page of the same dry run would have written is unchanged when it comes again."""
    result = []
    for outcome in outcomes:
        key = (dataset, outcome.external_id)
        if outcome.verdict in WRITTEN and key in journey.seen:
            result.append(Outcome(outcome.external_id, Verdict.UNCHANGED, outcome.subject))
        else:
            result.append(outcome)
        if outcome.verdict in WRITTEN:
            journey.seen.add(key)
    return result


def keep(journey: Journey, dataset: Dataset, outcomes: Sequence[Outcome]) -> None:
    """Write down what somebody may want to look at: refusals, both versions of conflicts, and every line of a plan."""
    clashes = [outcome.clash for outcome in outcomes if outcome.clash is not None]
    if clashes and not journey.is_dry:
        keep_clashes(journey.connection, dataset, clashes, run_id=journey.run.pk, acting_user=journey.actor)
    SyncRecord.objects.bulk_create(
        SyncRecord(
            account=journey.account,
            run=journey.run,
            connection_id=journey.connection.id,
            verdict=outcome.verdict,
            dataset=dataset,
            external_id=outcome.external_id[:120],
            parent_id=outcome.parent_id[:120],
            internal_id=outcome.internal_id,
            subject=outcome.subject[:200],
            code=outcome.code[:40],
            reason=outcome.reason[:500],
            old=outcome.old,
            new=outcome.new,
            payload=outcome.payload,
            is_open=not journey.is_dry,
        )
        for outcome in outcomes
        if (_is_in_plan(journey, outcome) if journey.is_dry else outcome.verdict in REFUSED)
    )


def _is_in_plan(journey: Journey, outcome: Outcome) -> bool:
    journey.planned[outcome.verdict.value] += 1
    return journey.planned[outcome.verdict.value] <= PLAN_ROWS.get(outcome.verdict, PLAN_ROWS_OF_OTHERS)


def _has_open(journey: Journey) -> bool:
    return SyncRecord.objects.filter(connection_id=journey.connection.id, is_open=True).exists()


def _close(journey: Journey, dataset: Dataset, told: Sequence[str]) -> None:
    """The newest word on a record counts: whatever was open about these is settled."""
    names = [name for name in told if name]
    if names:
        open_rows = SyncRecord.objects.filter(connection_id=journey.connection.id, dataset=dataset, is_open=True)
        open_rows.filter(external_id__in=names).update(is_open=False, payload=None)


def close_sent(journey: Journey, dataset: Dataset, rows: Sequence[UUID]) -> None:
    """As `_close`, for rows of ours that were sent: the partner may have no name for them."""
    if not _has_open(journey):
        return
    open_rows = SyncRecord.objects.filter(connection_id=journey.connection.id, dataset=dataset, is_open=True)
    open_rows.filter(internal_id__in=rows, run__direction=Direction.OUT).update(is_open=False, payload=None)


def _say_why(rows: Sequence[SyncRecord], refused: dict[str, Outcome]) -> None:
    changed = []
    for row in rows:
        outcome = refused.get(row.external_id)
        if outcome is not None and (row.code, row.reason) != (outcome.code, outcome.reason[:500]):
            row.code, row.reason = outcome.code[:40], outcome.reason[:500]
            changed.append(row)
    SyncRecord.objects.bulk_update(changed, ["code", "reason"])


def count_up(
    journey: Journey,
    counts: Counter[str],
    now: datetime,
    *,
    checkpoint: dict[str, Any] | None = None,
    total: int | None = None,
) -> None:
    """Add to the run's row. The instance gets the same values, for whoever watches."""
    changed: dict[str, Any] = {"heartbeat_at": now}
    changed |= {verdict: getattr(journey.run, verdict) + count for verdict, count in counts.items() if count}
    if checkpoint is not None:
        changed["pages"] = journey.run.pages + 1
        changed["checkpoint"] = None if journey.is_dry else checkpoint
    if total is not None:
        changed["total"] = total
    SyncRun.objects.filter(pk=journey.run.pk).update(**changed)
    journey.told = changed
