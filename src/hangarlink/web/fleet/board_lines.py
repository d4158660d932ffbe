"""The lines of the fleet board: what makes each aircraft's state, with its figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from hangarlink.fleet.models import Aircraft
from hangarlink.fleet.queries import FleetRow, fleet
from hangarlink.fleet.vocabulary import AircraftStatus
from hangarlink.maintenance.defects.queries import open_counts
from hangarlink.maintenance.programme.days import today
from hangarlink.maintenance.programme.queries import BoardRow, DueRow, TermRow, board
from hangarlink.maintenance.programme.queries.rows import terms_of
from hangarlink.maintenance.programme.rules.airworthiness import Ground, MandatoryClass
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.maintenance.tracked.queries import tracked_states_of
from hangarlink.platform.quantities import Display, Unit, format_quantity
from hangarlink.web.access import PageRequest
from hangarlink.web.fleet.aircraft import main_counter
from hangarlink.web.fleet.reasons import ITEM, reason_page, reason_words
from hangarlink.web.fleet.words import STATUS_WORDS
from hangarlink.web.programme import words
from hangarlink.web.tracked.words import counts_text

MOST_REASONS = 3


@dataclass(frozen=True)
class Line:
    """One aircraft on the board.

    item     what makes its state when that is a due item, else what is reached next; the figures are its
    reasons  what else makes its state, in words, with the page that explains each; the first ones
    reasons_first  the reasons make the state and the item does not
    more_reasons  how many are not shown
    more     how many other due items are reasons too
    total    time on its first counter that counts hours, as decimal hours: one column never mixes displays
    status   where it is not in service
    defects  how many are not rectified
    elsewhere  what other systems say that is not good: beside the state, never part of it
    """

    aircraft: Aircraft
    row: BoardRow
    item: DueRow | None
    reasons: tuple[tuple[str, str], ...]
    more_reasons: int
    reasons_first: bool
    more: int
    total: str
    total_name: str
    status: str
    defects: int
    elsewhere: str

    @property
    def state(self) -> str:
        """Its code, for the shape."""
        return self.row.state.code

    @property
    def urgency(self) -> tuple[int, bool, object, str]:
        """Worst first; within a state what is reached soonest; then by registration."""
        day = self.item.forecast if self.item else None
        return (-self.row.state, day is None, day or 0, self.aircraft.registration)


def lines_of(ids: Sequence[UUID], request: PageRequest) -> list[Line]:
    """The lines of these aircraft, worst first; a fixed number of statements."""
    rows = board(ids)
    defects = open_counts(ids) if request.actor.may("defects.view") else {}
    elsewhere = tracked_states_of(ids)
    deciding = {key: ground for key, row in rows.items() if (ground := _deciding_item(row))}
    terms = terms_of([UUID(ground.subject) for ground in deciding.values()], today())
    lines = []
    for listed in fleet(ids):
        key = listed.aircraft.pk
        ground = deciding.get(key)
        item = _as_row(listed.aircraft, ground, terms) if ground else rows[key].next
        line = _line(listed, rows[key], item, request, defects.get(key, 0))
        lines.append(replace(line, elsewhere=_not_good(elsewhere.get(key, {}))))
    return sorted(lines, key=lambda line: line.urgency)


def _deciding_item(row: BoardRow) -> Ground | None:
    """The due item that makes the state, when that is not what is reached next."""
    items = [one for one in row.grounds if one.state is row.state and one.code.startswith(ITEM)]
    reached_next = str(row.next.item_id) if row.next else ""
    if not items or any(one.subject == reached_next for one in items):
        return None
    return items[0]


def _as_row(aircraft: Aircraft, ground: Ground, terms: Mapping[UUID, tuple[TermRow, ...]]) -> DueRow:
    """A ground as the row of its item, with what is left on it."""
    item_id = UUID(ground.subject)
    state = State[ground.code.removeprefix(ITEM).upper()]
    row = DueRow(
        item_id=item_id, state=state, forecast=None, never=False, aircraft_id=aircraft.pk,
        registration=aircraft.registration, component_id=None, component="",
        requirement_id=item_id, reference=ground.reference, title=ground.title,
        mandatory_class=MandatoryClass.PROGRAMME, ata="", source=ground.source, terms=terms.get(item_id, ()),
    )  # fmt: skip
    term = words.deciding_term(row)
    return replace(row, forecast=term.forecast if term else None)


def _line(listed: FleetRow, row: BoardRow, item: DueRow | None, request: PageRequest, defects: int) -> Line:
    main = main_counter(listed.counters)
    total = "" if main is None or main.total is None else format_quantity(main.total, Unit.SECONDS, Display.DECIMAL_1)
    of_items = [one for one in row.grounds if one.code.startswith(ITEM)]
    shown = [one for one in of_items if item is not None and one.subject == str(item.item_id)]
    others = [one for one in row.grounds if one not in of_items]
    reasons = tuple((reason_words(one, row, request.account), reason_page(one.code, one.subject)) for one in others)
    status = AircraftStatus(listed.aircraft.status)
    return Line(
        aircraft=listed.aircraft,
        row=row,
        item=item,
        reasons=reasons[:MOST_REASONS],
        more_reasons=len(reasons[MOST_REASONS:]),
        reasons_first=bool(reasons) and not any(one.state is row.state for one in shown),
        more=len(of_items) - len(shown),
        total=total,
        total_name=main.name if main else "",
        status="" if status is AircraftStatus.IN_SERVICE else STATUS_WORDS[status],
        defects=defects,
        elsewhere="",
    )


def _not_good(counts: Mapping[State, int]) -> str:
    """ "1 overdue, 2 unknown" of what is tracked elsewhere; nothing for what is good or merely near."""
    return counts_text({state: counts.get(state, 0) if state >= State.DUE else 0 for state in State})
