"""The one sentence that everybody may read about a run. Pure."""

from collections.abc import Mapping

from hangarlink.integration.synclog.vocabulary import Flow, Verdict

NOUNS = {Flow.AIRCRAFT: ("aircraft", "aircraft"), Flow.HOURS_CYCLES: ("flight", "flights")}
WORDS = {
    Verdict.CREATED: "created",
    Verdict.UPDATED: "updated",
    Verdict.REMOVED: "removed",
    Verdict.UNCHANGED: "unchanged",
    Verdict.SKIPPED: "skipped",
    Verdict.REJECTED: "rejected",
    Verdict.FAILED: "failed",
}
DONE_TO_AIRCRAFT = {Verdict.CREATED: "linked"}


def summary(flow: Flow, counts: Mapping[str, int], *, is_dry: bool = False) -> str:
    """For example: "14 flights created, 3 unchanged, 1 rejected."."""
    one, many = NOUNS.get(flow, ("record", "records"))
    words = WORDS | (DONE_TO_AIRCRAFT if flow is Flow.AIRCRAFT else {})
    parts = [f"{counts[verdict]:,} {word}" for verdict, word in words.items() if counts.get(verdict)]
    if not parts:
        return f"Nothing to do: no {one} is new." if is_dry else f"Nothing new: the partner sent no {many}."
    first, _, rest = parts[0].partition(" ")
    parts[0] = f"{first} {one if first == '1' else many} {rest}"
    said = ", ".join(parts)
    return f"Would happen: {said}." if is_dry else f"{said}."
