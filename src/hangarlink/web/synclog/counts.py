"""Runs in words, shapes and small bars."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from hangarlink.integration.synclog.models import SyncRun
from hangarlink.integration.synclog.vocabulary import Direction, Kind, State, Trigger, Verdict
from hangarlink.web import formats

STATES = {
    State.REQUESTED: formats.State("due_soon", "Waiting"),
    State.RUNNING: formats.State("due_soon", "Running"),
    State.WAITING: formats.State("due_soon", "Put off"),
    State.SUCCEEDED: formats.State("ok", "Done"),
    State.PARTIAL: formats.State("restricted", "With refusals"),
    State.FAILED: formats.State("grounded", "Failed"),
    State.STOPPED: formats.State("unknown", "Stopped"),
}
KINDS = {Kind.RUN: "Sync", Kind.DRY_RUN: "Dry run", Kind.CALL: "API call"}
TRIGGERS = {
    Trigger.MANUAL: "by hand",
    Trigger.SCHEDULE: "by schedule",
    Trigger.EVENT: "by a change here",
    Trigger.WEBHOOK: "by a change at the partner",
    Trigger.API: "by the program",
    Trigger.COMMAND: "by command",
    Trigger.RETRY: "another try",
}
DIRECTIONS = {Direction.IN: "in", Direction.OUT: "out"}
# In the order of the bar. READ is the whole, not a part.
PARTS = (
    Verdict.CREATED,
    Verdict.UPDATED,
    Verdict.REMOVED,
    Verdict.UNCHANGED,
    Verdict.SKIPPED,
    Verdict.REJECTED,
    Verdict.FAILED,
)
WIDTH = 100


@dataclass(frozen=True)
class Part:
    """A piece of the bar, and its count in words."""

    verdict: str
    count: int
    x: int
    width: int


def state_of(run: SyncRun) -> formats.State:
    return STATES[State(run.state)]


def parts_of(counts: Mapping[str, int]) -> list[Part]:
    """Pieces that fill the bar exactly; what is there at all is at least visible."""
    present = [(verdict.value, counts.get(verdict.value, 0)) for verdict in PARTS if counts.get(verdict.value, 0)]
    whole = sum(count for _, count in present)
    widths = [max(3, count * WIDTH // whole) for _, count in present]
    if widths:
        # What the small ones were given is taken from the largest.
        widths[widths.index(max(widths))] += WIDTH - sum(widths)
    starts = [sum(widths[:place]) for place in range(len(widths))]
    return [Part(verdict, count, x, width) for (verdict, count), x, width in zip(present, starts, widths, strict=True)]


def bar(run: SyncRun) -> SafeString:
    """The counts as a bar with the figures under it."""
    parts = parts_of(run.counts)
    if not parts:
        return format_html('<span class="muted">{}</span>', "nothing new" if run.is_finished else "")
    words = ", ".join(f"{part.count:,} {part.verdict}" for part in parts)
    pieces = format_html_join(
        "", '<rect class="part-{}" x="{}" width="{}" height="6"/>', ((p.verdict, p.x, p.width) for p in parts)
    )
    figures = format_html_join(
        " ", '<span class="figure part-{}"><b>{}</b> {}</span>', ((p.verdict, f"{p.count:,}", p.verdict) for p in parts)
    )
    return format_html(
        '<svg class="counts" role="img" aria-label="{}" viewBox="0 0 100 6" preserveAspectRatio="none">{}</svg>'
        '<span class="figures">{}</span>',
        words,
        pieces,
        figures,
    )


def progress(run: SyncRun) -> tuple[float, str]:
    """How far a run under way is, from 0 to 1, and in words; without a known total the bar stays empty."""
    if run.state == State.REQUESTED:
        return 0.0, "waits for a worker"
    if run.total:
        return min(run.read / run.total, 1.0), f"{run.read:,} of {run.total:,} read"
    return 0.0, f"{run.read:,} read so far" if run.read else "beginning"
