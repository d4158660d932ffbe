"""The AD/SB status of an aircraft, with the columns of domain rule 4.8. A fixed number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from hangarlink.fleet.vocabulary import Unit
from hangarlink.maintenance.compliance.models import Amoc, Decision, DirectiveParagraph
from hangarlink.maintenance.compliance.queries.rows import Narrow, Pair, pairs
from hangarlink.maintenance.compliance.rules.standing import Standing
from hangarlink.maintenance.compliance.rules.words import Because, DirectiveKind
from hangarlink.maintenance.programme.days import today
from hangarlink.maintenance.programme.models import Accomplishment, DueItem
from hangarlink.maintenance.programme.queries.rows import DueRow, item_rows


@dataclass(frozen=True)
class Value:
    """A counter's total when the work was done."""

    counter: str
    kind: str
    unit: Unit
    display: str
    value: int


@dataclass(frozen=True)
class Part:
    """A paragraph of a directive on an object: what was done under it, and what is next.

    under   the AMOC whose limits stand in place of its own
    done    the last accomplishment, None when there is none; values are its counters'
    due     what is next; None when nothing further is due, or nothing is demanded
    ended   nothing further is due because it was done
    """

    paragraph: DirectiveParagraph
    under: Amoc | None
    item_id: UUID | None
    done: Accomplishment | None
    values: tuple[Value, ...]
    due: DueRow | None
    ended: bool


@dataclass(frozen=True)
class Entry:
    """One directive on one object."""

    pair: Pair
    decision: Decision | None
    amocs: tuple[Amoc, ...]
    parts: tuple[Part, ...]

    @property
    def reason(self) -> str:
        """Why it applies, or does not, as the status list says it."""
        if self.decision is None or self.pair.state is Standing.NOT_ASSESSED:
            return self.pair.stale
        label = Because(self.decision.because).label if self.decision.because else ""
        return ": ".join(part for part in (label, self.decision.reason) if part)

    @property
    def repeats(self) -> bool:
        """Whether what was done comes again."""
        return any(part.done is not None and not part.ended for part in self.parts)


def status_report(
    aircraft_id: UUID, *, kind: DirectiveKind | None = None, as_of: date | None = None, superseded: bool = False
) -> list[Entry]:
    """Every directive that names the aircraft or a component on it, by number.

    superseded  also those that others took the place of, which a status list need not show
    """
    day = as_of or today()
    found = pairs(Narrow(aircraft_ids=[aircraft_id], kind=kind), as_of=day, order="directive")
    return entries([one for one in found if superseded or one.state is not Standing.SUPERSEDED], day)


def entries(found: Sequence[Pair], day: date) -> list[Entry]:
    """What was decided and done under each of these."""
    directives = {pair.directive_id for pair in found}
    decisions = {
        _key(one): one
        for one in Decision.objects.filter(directive_id__in=directives, superseded_at__isnull=True)
        .select_related("revision").order_by("decided_at")
    }  # fmt: skip
    amocs: dict[tuple[UUID, UUID | None, UUID | None], list[Amoc]] = defaultdict(list)
    for amoc in Amoc.objects.filter(directive_id__in=directives, withdrawn_at__isnull=True).order_by("recorded_at"):
        amocs[_key(amoc)].append(amoc)
    paragraphs: dict[UUID, list[DirectiveParagraph]] = defaultdict(list)
    of_directives = DirectiveParagraph.objects.filter(directive_id__in=directives, retired_at__isnull=True)
    for row in of_directives.select_related("requirement").order_by("position", "code"):
        paragraphs[row.directive_id].append(row)
    work = _work(found, paragraphs, amocs, day)
    made = []
    for pair in found:
        key = (pair.directive_id, pair.aircraft_id, pair.component_id)
        decision = decisions.get(key)
        chosen = [one for one in paragraphs[pair.directive_id] if decision and str(one.pk) in decision.paragraphs]
        parts = [_part(one, amocs[key], pair, work) for one in chosen]
        made.append(Entry(pair, decision, tuple(amocs[key]), tuple(parts)))
    return made


@dataclass(frozen=True)
class _Work:
    """Items by requirement and object, their last accomplishments, what is next under them."""

    items: Mapping[tuple[UUID, UUID | None], DueItem]
    done: Mapping[UUID, Accomplishment]
    due: Mapping[UUID, DueRow]


def _work(
    found: Sequence[Pair],
    paragraphs: Mapping[UUID, list[DirectiveParagraph]],
    amocs: Mapping[tuple[UUID, UUID | None, UUID | None], list[Amoc]],
    day: date,
) -> _Work:
    requirements = {row.requirement_id for rows in paragraphs.values() for row in rows if row.requirement_id}
    requirements |= {one.requirement_id for rows in amocs.values() for one in rows if one.requirement_id}
    of_aircraft = Q(aircraft_id__in={pair.aircraft_id for pair in found if pair.aircraft_id}, component__isnull=True)
    of_component = Q(component_id__in={pair.component_id for pair in found if pair.component_id})
    rows = DueItem.objects.filter(of_aircraft | of_component, requirement_id__in=requirements)
    items = {(one.requirement_id, one.component_id or one.aircraft_id): one for one in rows}
    ids = [one.id for one in items.values()]
    done = Accomplishment.objects.filter(item_id__in=ids, superseded_at__isnull=True, is_withdrawn=False)
    last = {one.item_id: one for one in _last(done.order_by("due_reference").prefetch_related("values__counter"))}
    return _Work(items, last, {row.item_id: row for row in item_rows(ids, day)})


def _last(rows: Iterable[Accomplishment]) -> Iterable[Accomplishment]:
    return {one.item_id: one for one in rows}.values()


def _part(paragraph: DirectiveParagraph, amocs: Sequence[Amoc], pair: Pair, work: _Work) -> Part:
    under = next((one for one in amocs if str(paragraph.pk) in one.paragraphs and one.requirement_id), None)
    requirement = under.requirement_id if under else paragraph.requirement_id
    item = work.items.get((requirement, pair.component_id or pair.aircraft_id)) if requirement else None
    done = work.done.get(item.id) if item else None
    values = [
        Value(one.counter.name, one.counter.kind, Unit(one.counter.unit), one.counter.display, one.value)
        for one in (done.values.all() if done else ())
    ]
    is_open = item is not None and item.closed_at is None
    return Part(
        paragraph=paragraph, under=under, item_id=item.id if item and is_open else None, done=done,
        values=tuple(sorted(values, key=lambda one: (one.unit is not Unit.SECONDS, one.counter))),
        due=work.due.get(item.id) if item and is_open else None, ended=item is not None and item.ended,
    )  # fmt: skip


def _key(row: Decision | Amoc) -> tuple[UUID, UUID | None, UUID | None]:
    return row.directive_id, row.aircraft_id, row.component_id
