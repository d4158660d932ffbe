"""Pages are put together and read ahead; none is lost, reordered or applied after the pull broke off."""

import threading
import time
from collections.abc import Iterator
from itertools import count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangarlink.integration.contract import Cursor, Page, Unreachable, Unreadable
from hangarlink.integration.sync import batching
from hangarlink.integration.sync.ahead import ahead
from hangarlink.integration.sync.batching import gathered


def pages(*sizes: int, complete_last: bool = False) -> list[Page[int]]:
    number = count()
    made = [Page([next(number) for _ in range(size)], Cursor({"after": n})) for n, size in enumerate(sizes)]
    if complete_last and made:
        made[-1] = Page(made[-1].records, made[-1].cursor, complete=True)
    return made


def no_clock() -> float:
    return 0.0


def no_beat() -> None:
    return None


@given(st.lists(st.integers(0, 40), max_size=30), st.integers(1, 50))
def test_nothing_is_lost_and_batches_are_bounded(sizes: list[int], limit: int) -> None:
    told = pages(*sizes)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(batching, "RECORDS", limit)
        batches = list(gathered(told, clock=no_clock))
    assert [record for batch in batches for record in batch.records] == [r for page in told for r in page.records]
    assert [batch.cursor for batch in batches][-1:] == [page.cursor for page in told][-1:]
    for batch in batches[:-1]:
        assert limit <= len(batch.records) < limit + 40


def test_a_slow_partner_does_not_hold_back_what_has_come() -> None:
    clock = count(step=1.1).__next__
    assert len(list(gathered(pages(1, 1, 1, 1, 1, 1), clock=lambda: float(clock())))) > 1


def test_deletions_refusals_and_completeness_survive() -> None:
    told: list[Page[int]] = [
        Page([], Cursor({"n": 1}), deleted=["a"], total=9),
        Page([1], Cursor({"n": 2}), unreadable=[Unreadable("b", "why")]),
        Page([2], Cursor(), deleted=["c"], complete=True),
        Page([3], Cursor({"n": 4})),
    ]
    first, second = gathered(told, clock=no_clock)
    assert (first.records, first.deleted, first.complete, first.total) == ([1, 2], ["a", "c"], True, 9)
    assert [one.external_id for one in first.unreadable] == ["b"]
    assert first.cursor == Cursor()
    assert second.records == [3]


def breaking_off(*told: Page[int]) -> Iterator[Page[int]]:
    yield from told
    raise Unreachable("gone")


def test_what_had_come_is_handed_over_before_the_failure() -> None:
    handed = []
    with pytest.raises(Unreachable, match="gone"):
        for batch in ahead(gathered(breaking_off(*pages(3, 4)), clock=no_clock), beat=no_beat):
            handed += batch.records
    assert handed == list(range(7))


@given(st.lists(st.integers(), max_size=50))
def test_reading_ahead_keeps_the_order(values: list[int]) -> None:
    assert list(ahead(iter(values), beat=no_beat)) == values


def test_it_reads_ahead_and_not_further() -> None:
    made: list[int] = []

    def source() -> Iterator[int]:
        for n in range(100):
            made.append(n)
            yield n

    taken = ahead(source(), beat=no_beat)
    assert next(taken) == 0
    deadline = time.monotonic() + 5
    while len(made) < 3 and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.05)
    assert len(made) == 3, "one applied, one ready, one in hand"
    taken.close()  # type: ignore[attr-defined]
    deadline = time.monotonic() + 5
    while any(thread.name == "reading-ahead" for thread in threading.enumerate()) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert not any(thread.name == "reading-ahead" for thread in threading.enumerate())


def test_a_long_silence_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hangarlink.integration.sync.ahead.BEAT", 0.01)
    beats: list[int] = []

    def slow() -> Iterator[int]:
        time.sleep(0.15)
        yield 1

    assert list(ahead(slow(), beat=lambda: beats.append(1))) == [1]
    assert beats
