"""What people and schedules ask of the engine."""

from collections.abc import Iterable
from typing import Any

from django.db.transaction import atomic
from django.utils import timezone

from hangarlink.integration.connections.catalogue import is_switched_on
from hangarlink.integration.connections.models import Connection, ConnectionState, Link, Stream
from hangarlink.integration.connections.rights import MANAGE, require_right, require_run
from hangarlink.integration.connections.streams import stream_of
from hangarlink.integration.contract import Dataset
from hangarlink.integration.datasets.codec import differing, said
from hangarlink.integration.datasets.outgoing import OBJECTION, told
from hangarlink.integration.synclog.models import SyncRecord, SyncRun
from hangarlink.integration.synclog.vocabulary import UNFINISHED, Direction, Flow, Kind, State, Trigger
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.jobs.queue import enqueue, lock_of
from hangarlink.platform.people.permissions import Actor

PUMP_TASK = "integration.pump"
LONGEST_REASON = 300


@atomic
def request_run(
    connection: Connection,
    flow: Flow,
    *,
    acting_user: Actor,
    direction: Direction = Direction.IN,
    trigger: Trigger = Trigger.MANUAL,
    dry_run: bool = False,
    full: bool = False,
    skip_plan: bool = False,
) -> SyncRun:
    """Ask for a run of one flow, in or out; it starts when the transaction commits and a worker is free.

    dry_run    show what would be written instead of writing it
    full       read everything again, not only what changed since the last run; out, also look at what was sent before
    skip_plan  the first real run of a flow is refused until a dry run was made; this overrides it

    The same request twice is one run: what waits already is returned. Needs manage_sync of its area. Raises RuleBroken
    when the connection is paused, the feature or the stream is off, and for a first run without a plan (field "plan").
    """
    require_run(acting_user, connection.connector, flow)
    # The row lock makes two clicks at once come one after the other.
    held = Connection.objects.select_for_update(of=("self",)).select_related("account").get(pk=connection.pk)
    _check_open(held)
    stream = stream_of(held, flow, direction)
    if not stream.is_enabled:
        raise RuleBroken(f"{stream} is switched off for {held.name}. Switch it on first.", field="stream")
    if not dry_run and not skip_plan and stream.planned_at is None:
        raise RuleBroken(f"Look at a dry run of {stream} first: it shows what would be written.", field="plan")
    kind = Kind.DRY_RUN if dry_run else Kind.RUN
    return _ask(held, stream, kind, trigger, {"full": True} if full else {}, acting_user)


@atomic
def retry_records(connection: Connection, records: Iterable[SyncRecord], *, acting_user: Actor) -> SyncRun:
    """Try refused records again, in a run of their own for each stream; returns the first.

    What came in is tried as the partner told it, without asking it; personal data is not kept, so there the partner is
    asked for everything again. What goes out is sent as it is now. Needs manage_sync of its area. Raises RuleBroken
    when none of them waits for another try.
    """
    require_right(acting_user, connection.connector, MANAGE)
    held = Connection.objects.select_for_update(of=("self",)).select_related("account").get(pk=connection.pk)
    _check_open(held)
    wanted = list(
        SyncRecord.objects.select_related("run")
        .defer("payload", "old", "new", "run__technical")
        .filter(pk__in=[one.pk for one in records], connection_id=held.id, is_open=True)
    )
    streams = {(row.run.flow, row.run.direction) for row in wanted}
    for flow, _ in streams:
        require_run(acting_user, connection.connector, flow)
    runs = [
        _again(held, stream_of(held, Flow(flow), Direction(way)), rows, acting_user)
        for flow, way in sorted(streams)
        if (rows := [row for row in wanted if (row.run.flow, row.run.direction) == (flow, way)])
    ]
    if not runs:
        raise RuleBroken("None of these records waits for another try. The next sync reads them anew.")
    return runs[0]


def _again(connection: Connection, stream: Stream, rows: list[SyncRecord], acting_user: Actor) -> SyncRun:
    """As the partner told them, where that was kept; else the partner is asked again. Ours are read anew."""
    if stream.direction == Direction.OUT:
        refused = Link.objects.filter(connection=connection, internal_id__in=[row.internal_id for row in rows])
        refused.update(refused_version=None)
        return _ask(connection, stream, Kind.RUN, Trigger.RETRY, {}, acting_user)
    kept = SyncRecord.objects.filter(pk__in=[row.pk for row in rows], payload__isnull=False)
    ids = [str(one) for one in kept.values_list("pk", flat=True)]
    return _ask(
        connection, stream, Kind.RUN, Trigger.RETRY, {"only_again": ids} if ids else {"full": True}, acting_user
    )


@atomic
def overrule_objection(connection: Connection, refused: SyncRecord, *, reason: str, acting_user: Actor) -> SyncRun:
    """Send once what our own brake holds back, as it stands now: a lower total, because the one sent before was wrong.

    Only for this record as it was refused: if it changes before it is sent, and is lower still, it is refused anew. The
    partner may refuse it all the same. Needs manage_sync of its area. The reason is kept in the audit trail. Raises
    RuleBroken (field: reason) without a reason, (field: record) where nothing is held back, or when it changed since.
    """
    require_right(acting_user, connection.connector, MANAGE)
    held = Connection.objects.select_for_update(of=("self",)).select_related("account").get(pk=connection.pk)
    _check_open(held)
    reason = reason.strip()
    if not 0 < len(reason) <= LONGEST_REASON:
        raise RuleBroken(
            f"Say why the lower one is right, in {LONGEST_REASON} characters: it is kept with your name.",
            field="reason",
        )
    row = SyncRecord.objects.select_related("run").filter(
        pk=refused.pk, connection_id=held.id, is_open=True, code=OBJECTION, internal_id__isnull=False
    )
    found = row.first()
    if found is None or found.internal_id is None:
        raise RuleBroken("Nothing of ours holds this record back.", field="record")
    dataset, flow = Dataset(found.dataset), Flow(found.run.flow)
    require_run(acting_user, connection.connector, flow)
    link = Link.objects.select_for_update(of=("self",)).filter(
        connection=held, dataset=dataset, internal_id=found.internal_id
    )
    refusal = link.get().refused_version
    standing = next(iter(told(held, dataset, [found.internal_id])), None)
    if standing is None or not standing.objection or standing.version != refusal:
        raise RuleBroken("It changed since it was refused. Let the next sync look at it again.", field="record")
    # What was told before counts no more: from here on this is what a total is measured by.
    link.update(facts=said(standing.record), content_hash=None, internal_version=None, refused_version=None)
    old, new = differing(standing.link.facts, said(standing.record))
    record(
        acting_user, held, "objection overruled", old={"record": standing.label, "told": old},
        new={"record": standing.label, "sent": new, "reason": reason},
    )  # fmt: skip
    return _ask(held, stream_of(held, flow, Direction.OUT), Kind.RUN, Trigger.RETRY, {}, acting_user)


@atomic
def dismiss_records(connection: Connection, records: Iterable[SyncRecord], *, acting_user: Actor) -> int:
    """Say that refused records are not wanted, until the partner changes them; return how many there were."""
    require_right(acting_user, connection.connector, MANAGE)
    ids = [one.pk for one in records]
    count = SyncRecord.objects.filter(pk__in=ids, connection_id=connection.id, is_open=True).update(is_open=False)
    record(acting_user, connection, "records dismissed", new={"records": count})
    return count


@atomic
def stop_run(run: SyncRun, *, acting_user: Actor) -> SyncRun:
    """End a run that waits, or let one under way end after the page it is at. What was applied stays."""
    held = SyncRun.objects.select_for_update().get(pk=run.pk)
    partner = Connection.objects.filter(pk=held.connection_id).first() if held.connection_id else None
    require_right(acting_user, partner.connector if partner else "", MANAGE)
    if held.is_finished:
        raise RuleBroken("This run has ended already.")
    held.state, held.code, held.finished_at = State.STOPPED, "stopped", timezone.now()
    held.summary = f"Stopped by {acting_user.label}."[:300]
    held.save()
    record(acting_user, held, "stopped")
    return held


def pump(connection: Connection) -> None:
    """Let a worker look after this connection. Inside a transaction."""
    enqueue(PUMP_TASK, connection.account, lock=lock_of(connection.id), connection_id=str(connection.id))


def _check_open(connection: Connection) -> None:
    if connection.state != ConnectionState.ACTIVE:
        raise RuleBroken(f"{connection.name} is {connection.get_state_display().lower()}. Resume it first.")
    if not is_switched_on(connection.connector, connection.account):
        raise RuleBroken("FlightLogger Sync is switched off for this account. An administrator can switch it on.")


def _ask(
    connection: Connection, stream: Stream, kind: Kind, trigger: Trigger, options: dict[str, Any], acting_user: Actor
) -> SyncRun:
    pending = SyncRun.objects.filter(
        connection_id=connection.id,
        flow=stream.flow,
        direction=stream.direction,
        kind=kind,
        options=options,
        state__in=UNFINISHED,
    )
    run = pending.order_by("requested_at").first()
    if run is None:
        run = SyncRun.objects.create(
            account=connection.account,
            connection_id=connection.id,
            partner=connection.name,
            flow=stream.flow,
            direction=stream.direction,
            kind=kind,
            trigger=trigger,
            requested_by=acting_user.id,
            requested_by_label=acting_user.label[:200],
            options=options,
            state=State.REQUESTED,
        )
        record(acting_user, connection, "sync requested", new={"flow": stream.flow, "kind": kind, "trigger": trigger})
    pump(connection)
    return run
