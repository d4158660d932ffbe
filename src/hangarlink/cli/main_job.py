"""The main job, headless: a school moves in, syncs with a sandbox over HTTP, and sees its due list move."""

from collections.abc import Callable
from typing import Any

from hangarlink.cli import shown
from hangarlink.cli.seeding.school import SUBDOMAIN, seed
from hangarlink.cli.syncing import sync
from hangarlink.fleet.models import Counter, Flight
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.integration.synclog.vocabulary import Flow, State
from hangarlink.maintenance.programme.queries import DueRow, due_list
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.sandbox.serve import serve

FLOWS = (Flow.AIRCRAFT, Flow.HOURS_CYCLES)
Report = Callable[[int, int], None]


def run(report: Report) -> dict[str, Any]:
    """Do it all and say what happened. `ok` is true only if every step did what it is for.

    `before` and `after` are the fleet's total seconds and due items; `second` are the runs of a sync right after the
    first, which must find nothing to do.
    """
    with serve() as sandbox:
        seeded = seed(sandbox.endpoint, report)
        account = Account.objects.get(subdomain=SUBDOMAIN)
        before = _look(account)
        plan = sync(account, FLOWS, dry_run=True, full=False, report=report)
        planned = _look(account)
        runs = sync(account, FLOWS, dry_run=False, full=False, report=report)
        after = _look(account)
        second = sync(account, FLOWS, dry_run=False, full=True, report=report)
    moved = [
        {"before": shown.item(before["items"][key]), "after": shown.item(row)}
        for key, row in after["items"].items()
        if key in before["items"] and before["items"][key] != row
    ]
    checks = {
        "seeded": bool(seeded),
        "dry_run_wrote_nothing": planned == before,
        "runs_ended_well": all(one.state in {State.SUCCEEDED, State.PARTIAL} for one in (*plan, *runs, *second)),
        "flights_arrived": after["flights"] > before["flights"],
        "totals_moved": after["seconds"] > before["seconds"],
        "due_items_moved": bool(moved),
        "second_sync_changed_nothing": not any(one.created or one.updated or one.removed for one in second),
    }
    return {
        "ok": all(checks.values()),
        "checks": checks,
        "flights": after["flights"],
        "seconds_flown": after["seconds"] - before["seconds"],
        "runs": [shown.run(one) for one in runs],
        "second": [shown.run(one) for one in second],
        "due_moved": moved,
        "story": _story(runs, before, after, moved, checks),
    }


def _look(account: Account) -> dict[str, Any]:
    with acting_in(account):
        items = {row.item_id: row for row in due_list(limit=1000).rows}
        totals = Counter.objects.filter(unit="seconds", slot="primary").values_list("total", flat=True)
        seconds = sum(total or 0 for total in totals)
        return {"items": items, "flights": Flight.objects.count(), "seconds": seconds}


def _story(
    runs: list[SyncRun],
    before: dict[str, Any],
    after: dict[str, Any],
    moved: list[dict[str, Any]],
    checks: dict[str, bool],
) -> list[str]:
    lines = [f"{Flow(one.flow).label}: {one.summary}" for one in runs]
    lines.append(f"The fleet flew {(after['seconds'] - before['seconds']) / 3600:.1f} h; {len(moved)} due items moved.")
    lines += [f"  {_states(before)} -> {_states(after)}"]
    for pair in sorted(moved, key=lambda pair: str(pair["after"]["forecast"]))[:8]:
        was, now = pair["before"], pair["after"]
        remaining = [
            f"{a['remaining_shown']} -> {b['remaining_shown']}" for a, b in zip(was["terms"], now["terms"], strict=True)
        ]
        lines.append(
            f"  {now['aircraft']} {now['reference']:<14} {was['state']} -> {now['state']}: {', '.join(remaining)}"
        )
    return lines + [f"{'ok    ' if passed else 'FAILED'} {name.replace('_', ' ')}" for name, passed in checks.items()]


def _states(look: dict[str, Any]) -> str:
    rows: list[DueRow] = list(look["items"].values())
    codes = sorted({row.state for row in rows}, reverse=True)
    return ", ".join(f"{sum(row.state is state for row in rows)} {state.code.replace('_', ' ')}" for state in codes)
