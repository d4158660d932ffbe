"""The fleet board: each aircraft's airworthiness with its reasons, and what limits it next."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

from hangarlink.maintenance.programme.days import today
from hangarlink.maintenance.programme.grounding import grounds_of
from hangarlink.maintenance.programme.queries import scores
from hangarlink.maintenance.programme.queries.rows import ITEM_COLUMNS, ITEM_JOINS, DueRow, due_row, due_rows
from hangarlink.maintenance.programme.queries.scores import moment
from hangarlink.maintenance.programme.queries.statements import rows
from hangarlink.maintenance.programme.rules.airworthiness import Airworthiness, Ground, of_item, worst
from hangarlink.maintenance.programme.rules.states import State


@dataclass(frozen=True)
class BoardRow:
    """One aircraft.

    state       GROUNDED, UNKNOWN, RESTRICTED, DUE_SOON or OK, by due items and what other rooms know (`grounding`)
    grounds     every reason for it, worst first
    next        the item that is reached next, None when nothing is due at all
    counts      open items by state
    used_until  the last usage on record, None when there is none
    is_stale    in service, and no usage for longer than the account allows
    """

    aircraft_id: UUID
    state: Airworthiness
    grounds: tuple[Ground, ...]
    next: DueRow | None
    counts: Mapping[State, int]
    used_until: datetime | None
    is_stale: bool


# Items that are not OK, and of each aircraft the one that is reached first.
_ITEMS = f"""
{scores.AIRCRAFT.ctes}, ranked AS (
  SELECT s.*, count(*) OVER (PARTITION BY i.aircraft_id) AS of_aircraft,
         row_number() OVER (PARTITION BY i.aircraft_id ORDER BY s.score, s.state DESC, s.item_id) AS place
  FROM scored s JOIN due_item i ON i.id = s.item_id
)
SELECT {ITEM_COLUMNS}, s.place, s.of_aircraft FROM ranked s {" ".join(ITEM_JOINS.values())}
WHERE s.state > 0 OR s.place = 1
"""  # noqa: S608 - constants only

# What demands an aircraft's items, and how fresh its usage is.
_AIRCRAFT = f"""
WITH {scores.PARKED}
SELECT a.id, max(c.total_at),
       {scores.stale("max(c.total_at)")} AND count(c.id) > 0,
       EXISTS (SELECT FROM due_item i WHERE i.aircraft_id = a.id AND i.component_id IS NULL AND i.closed_at IS NULL),
       EXISTS (SELECT FROM applicability p JOIN requirement q ON q.id = p.requirement_id AND q.retired_at IS NULL
               WHERE (p.aircraft_id = a.id OR p.aircraft_model_id = a.aircraft_model_id)
                 AND NOT EXISTS (SELECT FROM due_item i WHERE i.aircraft_id = a.id AND i.component_id IS NULL
                                 AND i.requirement_id = p.requirement_id
                                 AND (i.closed_at IS NULL OR i.left_out <> '')))
FROM aircraft a LEFT JOIN counter c ON c.aircraft_id = a.id LEFT JOIN parked k ON k.aircraft_id = a.id
WHERE a.id = ANY(%(aircraft)s) GROUP BY a.id, k.days
"""  # noqa: S608 - constants only


def board(aircraft_ids: Collection[UUID], *, as_of: date | None = None) -> dict[UUID, BoardRow]:
    """A row for each of these aircraft. Three statements and those of other rooms, however many; ask for one page."""
    as_of = as_of or today()
    parameters = moment(as_of, aircraft=list(aircraft_ids))
    found = {facts[0]: _Aircraft(*facts) for facts in rows(_AIRCRAFT, parameters)}
    listed = rows(_ITEMS, parameters)
    for row in listed:
        found[row[_AIRCRAFT_ID]].add(due_row(row[:_COLUMNS], as_of), items=row[_COLUMNS + 1])
    for aircraft_id, grounds in grounds_of(list(found), as_of).items():
        found[aircraft_id].elsewhere = grounds
    for item in due_rows([row[:_COLUMNS] for row in listed if row[_COLUMNS] == 1], as_of):
        found[item.aircraft_id].next = item
    return {aircraft_id: one.row() for aircraft_id, one in found.items()}


_COLUMNS = 13
_AIRCRAFT_ID = 3


@dataclass
class _Aircraft:
    """One aircraft while its row is put together."""

    aircraft_id: UUID
    used_until: datetime | None
    is_stale: bool
    has_items: bool
    lacks_items: bool
    items: int = 0
    not_ok: list[DueRow] = field(default_factory=list)
    next: DueRow | None = None
    elsewhere: list[Ground] = field(default_factory=list)

    def add(self, item: DueRow, items: int) -> None:
        """An item that is not OK or comes first; `items` is how many the aircraft has."""
        self.items = items
        if item.state is not State.OK:
            self.not_ok.append(item)

    def row(self) -> BoardRow:
        """The aircraft on the board."""
        state, grounds = worst([*(_ground(item) for item in self.not_ok), *self._grounds(), *self.elsewhere])
        counts = Counter(item.state for item in self.not_ok)
        counts[State.OK] = self.items - len(self.not_ok)
        return BoardRow(
            self.aircraft_id,
            state,
            grounds,
            self.next,
            {one: counts[one] for one in State},
            self.used_until,
            self.is_stale,
        )

    def _grounds(self) -> list[Ground]:
        """What is unknown about the aircraft as a whole. Nothing demanded is not the same as nothing due."""
        subject, unknown = str(self.aircraft_id), Airworthiness.UNKNOWN
        found = []
        if self.is_stale:
            found.append(Ground(unknown, "usage_stale", subject, "No usage was recorded lately"))
        if not self.has_items:
            found.append(Ground(unknown, "no_programme", subject, "No requirement applies to this aircraft"))
        elif self.lacks_items:
            found.append(Ground(unknown, "not_assessed", subject, "A requirement applies and has no item yet"))
        return found


def _ground(item: DueRow) -> Ground:
    state, code = of_item(item.state, item.mandatory_class), f"item_{item.state.code}"
    return Ground(state, code, str(item.item_id), item.title, item.source, item.reference)
