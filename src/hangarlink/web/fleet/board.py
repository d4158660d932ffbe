"""The fleet board: may it fly, what limits it next, how fresh is what we know."""

from collections import Counter as Tally
from collections.abc import Sequence

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hangarlink.fleet.models import Aircraft
from hangarlink.fleet.vocabulary import AircraftStatus
from hangarlink.maintenance.programme.rules.airworthiness import Airworthiness
from hangarlink.web.access import PageRequest, page
from hangarlink.web.fleet.board_lines import Line, lines_of
from hangarlink.web.fleet.sync import latest_sync

# A page of the board. A larger fleet is shown in parts by registration; each part is sorted by what matters.
PAGE = 100


@page(permission="fleet.view")
def fleet_board(request: PageRequest) -> HttpResponse:
    """Every aircraft that may fly, worst first."""
    if not request.actor.may("programme.view"):
        return redirect("fleet:list")
    flying = Aircraft.objects.exclude(status=AircraftStatus.OUT_OF_SERVICE)
    ids = list(flying.order_by("registration").values_list("pk", flat=True))
    pages = max(1, -(-len(ids) // PAGE))
    number = _page_number(request, pages)
    lines = lines_of(ids[(number - 1) * PAGE : number * PAGE], request)
    state = request.GET.get("state", "")
    context = {
        "lines": [line for line in lines if not state or line.state == state],
        "tally": _tally(lines),
        "chosen": state,
        "count": len(ids),
        "page": number,
        "pages": pages,
        "parts": range(1, pages + 1),
        "first": (number - 1) * PAGE + 1,
        "last": min(number * PAGE, len(ids)),
        "now": timezone.now(),
        "out_of_service": Aircraft.objects.filter(status=AircraftStatus.OUT_OF_SERVICE).count(),
        "sync": latest_sync(request),
    }
    return render(request, "fleet/board.html", context)


def _page_number(request: PageRequest, pages: int) -> int:
    given = request.GET.get("page", "")
    return min(max(int(given), 1), pages) if given.isdecimal() and len(given) < 7 else 1


def _tally(lines: Sequence[Line]) -> list[tuple[str, int]]:
    """How many aircraft are in which state, worst first."""
    found = Tally(line.row.state for line in lines)
    return [(state.code, found[state]) for state in sorted(Airworthiness, reverse=True) if found[state]]
