"""How a run ends: its row, its stream's cursor, its connection's health, the audit trail; in one transaction."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from hangarlink.integration.connections.health import note_failure, note_success
from hangarlink.integration.connections.line import PutOff
from hangarlink.integration.connections.models import Stream
from hangarlink.integration.connections.schedules import WAKE_TASK
from hangarlink.integration.contract import PartnerError, RateLimited, ServerTrouble, redact
from hangarlink.integration.sync.events import SyncFailed, SyncFinished
from hangarlink.integration.sync.guard import TakenOver
from hangarlink.integration.sync.paging import Journey
from hangarlink.integration.sync.wording import summary
from hangarlink.integration.synclog.actions import TECHNICAL_LENGTH
from hangarlink.integration.synclog.models import SyncRecord, SyncRun
from hangarlink.integration.synclog.vocabulary import Direction, Flow, Kind, State
from hangarlink.platform.audit.actions import record
from hangarlink.platform.events.actions import announce
from hangarlink.platform.jobs.schedules import set_schedule
from hangarlink.platform.tenancy.context import acting_in

# A run that still waits after this long has failed: its schedule begins a new one.
LONGEST_WAITING = timedelta(hours=24)
WAKE_EVERY = 60


def succeeded(journey: Journey) -> None:
    """Everything was read. Records that were refused make it PARTIAL."""
    with acting_in(journey.account):
        run = _held(journey)
        run.state = State.PARTIAL if run.rejected or run.failed or run.conflicted else State.SUCCEEDED
        run.summary = summary(Flow(run.flow), run.counts, is_dry=journey.is_dry, is_out=run.direction == Direction.OUT)
        run.technical = "\n".join(journey.errors)[:TECHNICAL_LENGTH]
        _finish(run, journey)
        stream = Stream.objects.filter(connection=journey.connection, flow=run.flow, direction=run.direction)
        if journey.is_dry:
            stream.update(planned_at=run.finished_at)
        else:
            stream.update(last_success_at=run.finished_at)
        if not run.options.get("only_again"):
            note_success(journey.connection)
        _tell(journey, run)


def failed(journey: Journey, error: PartnerError) -> None:
    """The partner, or what it sent, made it impossible to go on. What was applied stays, and so does the place."""
    with acting_in(journey.account):
        run = _held(journey)
        run.state, run.code, run.summary = State.FAILED, error.code, str(error)[:300]
        run.technical = _technical(error)
        _finish(run, journey)
        note_failure(journey.connection, error)
        _tell(journey, run)


def halted(journey: Journey, why: str) -> None:
    """Somebody here stopped it. No fault of anybody, so no alert."""
    with acting_in(journey.account):
        run = _held(journey)
        run.state, run.code, run.summary = State.STOPPED, "stopped", why[:300]
        _finish(run, journey)


def broke(journey: Journey, trace: str) -> None:
    """A fault of our own."""
    try:
        with acting_in(journey.account):
            run = _held(journey)
            run.state, run.code = State.FAILED, "internal"
            run.summary = "Hangarlink failed. What was applied before is complete; the next run goes on from there."
            run.technical = redact(trace[-TECHNICAL_LENGTH:])
            _finish(run, journey)
            _tell(journey, run)
    except TakenOver:
        return


def put_off(journey: Journey, error: PutOff) -> None:
    """Go on later: the row waits, the worker does not."""
    with acting_in(journey.account):
        run = _held(journey)
        now = timezone.now()
        if run.started_at and now - run.started_at > LONGEST_WAITING:
            run.state, run.code, run.summary = State.FAILED, error.cause_code, f"Gave up waiting: {error}"[:300]
            _finish(run, journey)
            if error.cause_code != RateLimited.code:
                # A partner that was left alone all day is down, whoever's calls showed it.
                note_failure(journey.connection, ServerTrouble(str(error)))
            _tell(journey, run)
            return
        run.state, run.not_before = State.WAITING, now + timedelta(seconds=error.seconds)
        run.summary = f"{error} Goes on after {run.not_before:%H:%M:%S}Z."[:300]
        run.technical = _technical(error)
        run.save()
        set_schedule(journey.account, WAKE_TASK, journey.connection.id, every_seconds=WAKE_EVERY)


def clear_plan(run: SyncRun) -> None:
    """An interrupted dry run begins anew: it wrote nothing but its own plan."""
    SyncRecord.objects.filter(run=run).delete()
    for verdict in run.counts:
        setattr(run, verdict, 0)
    run.pages = 0


def _held(journey: Journey) -> SyncRun:
    """The run's row, held, if it is still ours to end."""
    run = SyncRun.objects.select_for_update().get(pk=journey.run.pk)
    if (run.starts, run.state) != (journey.epoch, State.RUNNING):
        raise TakenOver
    return run


def _finish(run: SyncRun, journey: Journey) -> None:
    """Save the run, and let the next one begin where it ended."""
    run.finished_at = run.heartbeat_at = timezone.now()
    run.save()
    reached: dict[str, Any] = (run.checkpoint or {}).get("cursors") or {}
    if reached and not journey.is_dry:
        stream = Stream.objects.select_for_update().get(
            connection=journey.connection, flow=run.flow, direction=run.direction
        )
        stream.cursors = {**stream.cursors, **reached}
        stream.save(update_fields=["cursors"])


def _tell(journey: Journey, run: SyncRun) -> None:
    """The audit trail and the world: what ran, what came of it, in numbers and codes."""
    counts = {verdict: count for verdict, count in run.counts.items() if count}
    values = {"flow": run.flow, "kind": run.kind, "state": run.state, "code": run.code, **counts}
    record(journey.actor, journey.connection, "synced", new=values)
    if run.kind == Kind.DRY_RUN:
        return
    fact = SyncFailed if run.state == State.FAILED else SyncFinished
    announce(fact(run.id, journey.connection.id, run.flow, run.state, run.code))


def _technical(error: PartnerError) -> str:
    return "\n".join(part for part in (type(error).__name__, error.detail) if part)[:TECHNICAL_LENGTH]
