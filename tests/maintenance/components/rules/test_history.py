"""Back to birth: a whole life has no breaks; every hole, double claim and untraced hour is one."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from hangarlink.maintenance.components.rules.history import BIRTH, Break, Stretch, breaks, graph

MADE, TODAY = date(2010, 5, 1), date(2026, 3, 1)


def paper(key: str, since: str, until: str, begun: int | None = None, ended: int | None = None) -> Stretch:
    totals = [{} if one is None else {"FH": one} for one in (begun, ended)]
    return Stretch(key, date.fromisoformat(since), date.fromisoformat(until), key, False, *totals)


def ours(key: str, since: str, begun: int | None = None, until: str | None = None) -> Stretch:
    last = date.fromisoformat(until) if until else None
    return Stretch(key, date.fromisoformat(since), last, key, True, {} if begun is None else {"FH": begun})


def kinds(*stretches: Stretch, made: date | None = MADE) -> list[Break]:
    return [one.kind for one in breaks(stretches, made, TODAY)]


def test_a_whole_life_has_no_breaks() -> None:
    told = [paper("OY-ABC", "2010-05-01", "2015-06-01", 0, 900), paper("shop", "2015-06-01", "2015-09-10", 900, 900),
            ours("stock", "2015-09-10", 900)]  # fmt: skip
    assert kinds(*told) == []
    life = graph(told, MADE)
    assert life.nodes == (BIRTH, "OY-ABC", "shop", "stock")
    assert [(e.origin, e.target) for e in life.edges] == [(BIRTH, "OY-ABC"), ("OY-ABC", "shop"), ("shop", "stock")]


def test_days_that_nothing_covers_are_a_gap() -> None:
    found = breaks([paper("A", "2010-05-01", "2015-06-01"), ours("stock", "2015-09-10")], MADE, TODAY)
    assert [(f.kind, f.since, f.until, f.before, f.after) for f in found] == [
        (Break.GAP, date(2015, 6, 1), date(2015, 9, 10), "A", "stock")
    ]


def test_a_life_that_begins_after_birth_has_a_gap_before_it() -> None:
    found = breaks([ours("stock", "2015-09-10", 0)], MADE, TODAY)
    assert [(f.kind, f.before) for f in found] == [(Break.GAP, "")]


def test_the_next_day_is_no_gap() -> None:
    assert kinds(paper("A", "2010-05-01", "2015-06-01"), ours("stock", "2015-06-02")) == []


def test_two_that_claim_the_same_days_overlap() -> None:
    assert kinds(paper("A", "2010-05-01", "2015-06-01"), paper("B", "2014-01-01", "2016-01-01"),
                 ours("stock", "2016-01-01")) == [Break.OVERLAP]  # fmt: skip


def test_hours_that_nobody_wrote_down_are_untraced() -> None:
    found = breaks([paper("A", "2010-05-01", "2015-06-01", 0, 900), ours("stock", "2015-06-01", 950)], MADE, TODAY)
    assert [(f.kind, f.counter, f.amount) for f in found] == [(Break.UNTRACED, "FH", 50)]
    assert kinds(paper("A", "2010-05-01", "2015-06-01", 0, 900), ours("s", "2015-06-01", 800)) == [Break.FALLS]


def test_a_history_that_begins_with_hours_is_untraced_from_birth() -> None:
    assert kinds(ours("stock", "2010-05-01", 120)) == [Break.UNTRACED]


def test_without_a_day_of_birth_nothing_is_back_to_birth() -> None:
    assert kinds(ours("stock", "2015-09-10", 0), made=None) == [Break.NOT_BORN]


def test_nothing_runs_before_it_is_made() -> None:
    assert Break.BEFORE_BIRTH in kinds(ours("stock", "2009-01-01"))


days = st.integers(0, 2000).map(lambda number: MADE + timedelta(days=number))


@st.composite
def histories(draw: st.DrawFn) -> list[Stretch]:
    pairs = draw(st.lists(st.tuples(days, st.integers(0, 400)), max_size=8))
    return [
        Stretch(str(n), since, since + timedelta(days=length), str(n), False) for n, (since, length) in enumerate(pairs)
    ]


@given(histories())
def test_gaps_are_exactly_the_days_that_no_stretch_touches(told: list[Stretch]) -> None:
    end = MADE + timedelta(days=2400)
    covered = {MADE, end}
    for one in told:
        assert one.until is not None
        covered |= {one.since + timedelta(days=n) for n in range((one.until - one.since).days + 1)}
    uncovered = {MADE + timedelta(days=n) for n in range(2401)} - covered
    in_gaps: set[date] = set()
    for found in breaks(told, MADE, end):
        if found.kind is Break.GAP and found.since is not None and found.until is not None:
            in_gaps |= {found.since + timedelta(days=n) for n in range(1, (found.until - found.since).days)}
    assert in_gaps == uncovered


@given(histories())
def test_overlaps_are_found_whatever_the_order(told: list[Stretch]) -> None:
    found = {frozenset((f.before, f.after)) for f in breaks(told, MADE, TODAY) if f.kind is Break.OVERLAP}
    expected = {
        frozenset((a.key, b.key))
        for a in told for b in told
        if a.key < b.key and a.until and b.until and max(a.since, b.since) < min(a.until, b.until)
    }  # fmt: skip
    assert found == expected
    assert breaks(told, MADE, TODAY) == breaks(told[::-1], MADE, TODAY)
