"""The one sentence that everybody may read about a run. Pure."""

from collections.abc import Mapping

from hangarlink.integration.synclog.vocabulary import Flow, Verdict

NOUNS = {
    Flow.AIRCRAFT: ("aircraft", "aircraft"),
    Flow.HOURS_CYCLES: ("flight", "flights"),
    Flow.LEDGER_ACCOUNTS: ("account", "accounts"),
}
# What goes out of a flow is not always what comes in by it.
OUT_NOUNS = {Flow.HOURS_CYCLES: ("flight or total", "flights and totals")}
OUT = {Verdict.CREATED: "made there", Verdict.UPDATED: "changed there", Verdict.REMOVED: "removed there"}
WORDS = {
    Verdict.CREATED: "created",
    Verdict.UPDATED: "updated",
    Verdict.REMOVED: "removed",
    Verdict.UNCHANGED: "unchanged",
    Verdict.SKIPPED: "skipped",
    Verdict.CONFLICTED: "to be decided",
    Verdict.REJECTED: "rejected",
    Verdict.FAILED: "failed",
}
DONE_TO_AIRCRAFT = {Verdict.CREATED: "linked"}


def summary(flow: Flow, counts: Mapping[str, int], *, is_dry: bool = False, is_out: bool = False) -> str:
    """For example: "14 flights created, 3 unchanged, 1 rejected."."""
    many = flow.label.lower()
    nouns = NOUNS | (OUT_NOUNS if is_out else {})
    one, many = nouns.get(flow, (many.removesuffix("s"), many))
    words = WORDS | (DONE_TO_AIRCRAFT if flow is Flow.AIRCRAFT else {}) | (OUT if is_out else {})
    parts = [f"{counts[verdict]:,} {word}" for verdict, word in words.items() if counts.get(verdict)]
    if not parts:
        if is_out:
            return f"Nothing to send: the partner knows of all {many}."
        return f"Nothing to do: no {one} is new." if is_dry else f"Nothing new: the partner sent no {many}."
    first, _, rest = parts[0].partition(" ")
    parts[0] = f"{first} {one if first == '1' else many} {rest}"
    said = ", ".join(parts)
    return f"Would happen: {said}." if is_dry else f"{said}."
