"""The fleet board: may it fly, what limits it next, how fresh is what we know."""

from collections import Counter as Tally
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from hangarlink.fleet.models import Aircraft, Counter
from hangarlink.fleet.queries import fleet
from hangarlink.fleet.vocabulary import AircraftStatus
from hangarlink.maintenance.defects.queries import open_counts
from hangarlink.maintenance.programme.queries import BoardRow, board
from hangarlink.maintenance.programme.rules.airworthiness import Airworthiness
from hangarlink.platform.quantities import Display, Unit, format_quantity
from hangarlink.platform.tenancy.models import Account
from hangarlink.web.access import PageRequest, page
from hangarlink.web.fleet.aircraft import main_counter
from hangarlink.web.fleet.reasons import ITEM, reason_words
from hangarlink.web.fleet.sync import latest_sync
from hangarlink.web.fleet.words import STATUS_WORDS

# A page of the board. A larger fleet is shown in parts by registration; each part is sorted by what matters.
PAGE = 100


@dataclass(frozen=True)
class Line:
    """One aircraft on the board.

    reason   what makes its state, in words; "" when it is OK
    others   further reasons, apart from due items
    more     how many due items are reasons too
    total    time on its first counter that counts hours, as decimal hours: one column never mixes displays
    status   where it is not in service
    defects  how many are not rectified
    """

    aircraft: Aircraft
    row: BoardRow
    reason: str
    reason_item: str
    others: tuple[str, ...]
    more: int
    total: str
    total_name: str
    status: str
    defects: int = 0

    @property
    def state(self) -> str:
        """Its code, for the shape."""
        return self.row.state.code

    @property
    def next_is_reason(self) -> bool:
        """Whether the reason is the item that is reached next, so that figures are shown once."""
        return self.row.next is not None and str(self.row.next.item_id) == self.reason_item


@page(permission="fleet.view")
def fleet_board(request: PageRequest) -> HttpResponse:
    """Every aircraft that may fly, worst first."""
    if not request.actor.may("programme.view"):
        return redirect("fleet:list")
    flying = Aircraft.objects.exclude(status=AircraftStatus.OUT_OF_SERVICE)
    ids = list(flying.order_by("registration").values_list("pk", flat=True))
    pages = max(1, -(-len(ids) // PAGE))
    number = _page_number(request, pages)
    lines = _lines(ids[(number - 1) * PAGE : number * PAGE], request)
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


def _lines(ids: Sequence[UUID], request: PageRequest) -> list[Line]:
    rows = board(ids)
    defects = open_counts(ids) if request.actor.may("defects.view") else {}
    lines = [
        _line(one.aircraft, one.counters, rows[one.aircraft.pk], request.account, defects.get(one.aircraft.pk, 0))
        for one in fleet(ids)
    ]
    return sorted(lines, key=_urgency)


def _urgency(line: Line) -> tuple[int, bool, object, str]:
    """Worst first; within a state what is reached soonest; then by registration."""
    day = line.row.next.forecast if line.row.next else None
    return (-line.row.state, day is None, day or 0, line.aircraft.registration)


def _line(aircraft: Aircraft, counters: Sequence[Counter], row: BoardRow, account: Account, defects: int) -> Line:
    ground = row.grounds[0] if row.grounds else None
    main = main_counter(counters)
    total = "" if main is None or main.total is None else format_quantity(main.total, Unit.SECONDS, Display.DECIMAL_1)
    return Line(
        aircraft,
        row,
        reason_words(ground, row, account) if ground else "",
        ground.subject if ground else "",
        tuple(reason_words(one, row, account) for one in row.grounds[1:] if not one.code.startswith(ITEM)),
        sum(one.code.startswith(ITEM) for one in row.grounds[1:]),
        total,
        main.name if main else "",
        "" if aircraft.status == AircraftStatus.IN_SERVICE else STATUS_WORDS[AircraftStatus(aircraft.status)],
        defects,
    )


def _tally(lines: Sequence[Line]) -> list[tuple[str, int]]:
    """How many aircraft are in which state, worst first."""
    found = Tally(line.row.state for line in lines)
    return [(state.code, found[state]) for state in sorted(Airworthiness, reverse=True) if found[state]]
