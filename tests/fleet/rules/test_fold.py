"""The total of one counter from its events."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from hangarlink.fleet.rules.fold import State, UsageEvent, fold, order
from hangarlink.fleet.vocabulary import EntryKind
from hangarlink.platform.quantities import Display, Unit, format_quantity, parse_hours

MARCH = datetime(2026, 3, 1, tzinfo=UTC)


def h(hours: str) -> int:
    return parse_hours(hours)


def opening(day: int, total: str, reading: str | None = None) -> UsageEvent:
    return UsageEvent(EntryKind.OPENING, on(day), stated=h(total), reading=h(reading) if reading else None)


def flown(day: int, hours: str) -> UsageEvent:
    return UsageEvent(EntryKind.FLIGHT, on(day), amount=h(hours))


def read(day: int, hours: str, sequence: int = 0) -> UsageEvent:
    return UsageEvent(EntryKind.READING, on(day), reading=h(hours), sequence=sequence, ref=UUID(int=day))


def replaced(day: int, last: str | None, new: str) -> UsageEvent:
    reading = h(last) if last else None
    return UsageEvent(EntryKind.REPLACEMENT, on(day), reading=reading, new_start=h(new), ref=UUID(int=day))


def on(day: int) -> datetime:
    return MARCH + timedelta(days=day - 1)


def total(*events: UsageEvent) -> str | None:
    found = fold(events).state.total
    return None if found is None else format_quantity(found, Unit.SECONDS, Display.DECIMAL_1)


class TestWorkedExamples:
    def test_e23_a_new_tach_goes_on_where_the_old_one_stopped(self) -> None:
        at_inspection = fold([opening(1, "1233.0")]).state
        now = fold([opening(1, "1233.0"), replaced(5, "1300.0", "10.0"), read(9, "50.0")]).state
        assert now.total is not None
        assert at_inspection.total is not None
        assert now.offset is not None
        assert now.total - at_inspection.total == h("107.0")
        due = at_inspection.total + h("400.0")
        assert due - now.total == h("293.0")
        assert due - now.offset == h("343.0"), "the due point as the new meter will show it"

    def test_three_meters_in_a_row_just_sum(self) -> None:
        events = [opening(1, "0.0"), replaced(2, "1300.0", "10.0"), replaced(3, "60.0", "0.0"), read(4, "7.5")]
        assert total(*events) == "1357.5"

    def test_e34_hours_and_minutes_are_exact(self) -> None:
        assert format_quantity(h("4875:27") - h("40:27"), Unit.SECONDS, Display.HHMM) == "4835:00"

    def test_e35_a_corrected_flight_moves_every_derived_total_after_it(self) -> None:
        wrong, right = flown(3, "18.0"), flown(3, "1.8")
        until_the_check = [opening(1, "1490.0"), flown(7, "8.2")]
        assert total(*until_the_check, wrong) == "1516.2"
        assert total(*until_the_check, right) == "1500.0"

    def test_e35_a_reading_stays_and_disagrees(self) -> None:
        events = [opening(1, "1490.0"), flown(7, "8.2"), read(10, "1500.0")]
        folded = fold([*events, flown(3, "18.0")])
        (contradiction,) = folded.contradictions
        assert (contradiction.expected, contradiction.found) == (h("1516.2"), h("1500.0"))
        assert folded.state.total == h("1516.2"), "more usage means earlier due, so the higher total counts"
        assert not fold([*events, flown(3, "1.8")]).contradictions

    def test_e36_a_late_flight_slots_into_its_place(self) -> None:
        until_the_task = [opening(1, "800.0"), flown(2, "12.4")]
        assert total(*until_the_task) == "812.4"
        assert total(*until_the_task, flown(1, "2.3")) == "812.4", "flights up to the opening are in it already"
        late = UsageEvent(EntryKind.FLIGHT, on(1) + timedelta(hours=1), amount=h("2.3"))
        assert total(*until_the_task, late) == "814.7"


class TestRules:
    def test_nothing_anchors_flights_alone(self) -> None:
        assert total(flown(1, "2.0"), flown(2, "2.0")) is None

    def test_a_reading_can_anchor(self) -> None:
        assert total(flown(1, "2.0"), read(2, "150.0"), flown(3, "1.5")) == "151.5"

    def test_a_reading_adds_what_was_not_logged(self) -> None:
        folded = fold([opening(1, "100.0"), flown(2, "2.0"), read(3, "105.0")])
        assert folded.state.total == h("105.0")
        assert [a.added for a in folded.anchors] == [0, h("3.0")]

    def test_an_opening_may_differ_from_the_instrument(self) -> None:
        assert total(opening(1, "5000.0", reading="1200.0"), read(2, "1210.0")) == "5010.0"

    def test_flights_of_the_same_instant_come_first(self) -> None:
        assert total(opening(1, "100.0"), read(2, "103.0"), flown(2, "3.0")) == "103.0"

    def test_readings_of_the_same_instant_follow_their_sequence(self) -> None:
        folded = fold([opening(1, "100.0"), read(2, "103.0", sequence=1), read(2, "102.0")])
        assert not folded.contradictions
        assert fold([opening(1, "100.0"), read(2, "103.0"), read(2, "102.0", sequence=1)]).contradictions

    def test_the_instrument_keeps_its_offset_through_a_contradiction(self) -> None:
        events = [opening(1, "100.0"), flown(2, "5.0"), read(3, "104.0")]
        assert total(*events) == "105.0"
        assert total(*events, read(5, "108.0")) == "108.0"

    def test_a_meter_replaced_while_the_total_is_unknown_says_nothing_about_it(self) -> None:
        assert total(replaced(1, None, "0.0"), read(2, "10.0")) is None
        assert total(replaced(1, None, "0.0"), read(2, "10.0"), opening(3, "500.0", reading="12.0")) == "500.0"

    def test_an_opening_below_what_is_known_is_a_contradiction(self) -> None:
        folded = fold([read(1, "100.0"), opening(2, "90.0")])
        assert folded.state.total == h("100.0")
        assert len(folded.contradictions) == 1


moments = st.integers(0, 12).map(lambda hour: MARCH + timedelta(hours=hour))
quantities = st.integers(0, 400)


@st.composite
def usage_events(draw: st.DrawFn) -> UsageEvent:
    kind = draw(st.sampled_from([EntryKind.FLIGHT, EntryKind.FLIGHT, *EntryKind]))
    return UsageEvent(
        kind,
        draw(moments),
        amount=draw(quantities) if kind is EntryKind.FLIGHT else None,
        stated=draw(quantities) if kind is EntryKind.OPENING else None,
        reading=None if kind is EntryKind.FLIGHT else draw(quantities if kind is EntryKind.READING else maybe),
        new_start=draw(quantities) if kind is EntryKind.REPLACEMENT else None,
        ref=draw(st.uuids()),
    )


maybe = st.none() | quantities


def numbered(events: list[UsageEvent]) -> list[UsageEvent]:
    """With distinct sequence numbers, as the database guarantees."""
    return [
        UsageEvent(e.kind, e.at, e.amount, e.stated, e.reading, e.new_start, place, e.ref)
        for place, e in enumerate(events)
    ]


histories = st.lists(usage_events(), max_size=14).map(numbered)


class TestProperties:
    @given(histories)
    def test_a_total_never_falls_and_never_becomes_unknown_again(self, events: list[UsageEvent]) -> None:
        ordered = sorted(events, key=order)
        totals = [fold(ordered[:n]).state.total for n in range(len(ordered) + 1)]
        known = [t for t in totals if t is not None]
        assert known == sorted(known)
        assert totals == [None] * (len(totals) - len(known)) + known

    @given(histories, st.randoms(use_true_random=False))
    def test_the_order_of_arrival_does_not_matter(self, events: list[UsageEvent], random: object) -> None:
        arrived = list(events)
        random.shuffle(arrived)  # type: ignore[attr-defined]
        assert fold(arrived) == fold(events)

    @given(histories, st.integers(0, 14))
    def test_a_fold_can_start_from_the_state_behind_any_event(self, events: list[UsageEvent], cut: int) -> None:
        ordered = sorted(events, key=order)
        first = fold(ordered[:cut])
        rest = fold(ordered[cut:], first.state)
        assert rest.state == fold(events).state
        assert first.anchors + rest.anchors == fold(events).anchors

    @given(histories, st.integers(0, 12), quantities)
    def test_one_more_flight_never_lowers_a_total(self, events: list[UsageEvent], hour: int, amount: int) -> None:
        late = UsageEvent(EntryKind.FLIGHT, MARCH + timedelta(hours=hour), amount=amount)
        before, after = fold(events), fold([*events, late])
        assert (after.state.total is None) == (before.state.total is None)
        assert (after.state.total or 0) >= (before.state.total or 0)
        for was, now in zip(before.anchors, after.anchors, strict=True):
            assert (now.state.total or 0) >= (was.state.total or 0)

    @given(histories)
    def test_the_flights_between_two_anchors_are_as_good_as_their_sum(self, events: list[UsageEvent]) -> None:
        condensed: list[UsageEvent] = []
        for event in sorted(events, key=order):
            last = condensed[-1] if condensed else None
            if event.kind is EntryKind.FLIGHT and last is not None and last.kind is EntryKind.FLIGHT:
                summed = (last.amount or 0) + (event.amount or 0)
                condensed[-1] = UsageEvent(EntryKind.FLIGHT, event.at, amount=summed)
            else:
                condensed.append(event)
        assert fold(condensed) == fold(events)

    @given(histories)
    def test_what_was_added_explains_the_total(self, events: list[UsageEvent]) -> None:
        ordered = sorted(events, key=order)
        anchored = [n for n, e in enumerate(ordered) if fold(ordered[: n + 1]).state.total is not None]
        if not anchored:
            return
        first, folded = anchored[0], fold(ordered)
        start = fold(ordered[: first + 1]).state.total
        flown_after = sum(e.amount or 0 for e in ordered[first + 1 :] if e.kind is EntryKind.FLIGHT)
        assert folded.state.total == (start or 0) + flown_after + sum(a.added for a in folded.anchors)

    @given(histories)
    def test_a_contradiction_names_an_event_below_the_total(self, events: list[UsageEvent]) -> None:
        for contradiction in fold(events).contradictions:
            assert contradiction.found < contradiction.expected
            assert contradiction.ref in {e.ref for e in events if e.kind is not EntryKind.FLIGHT}

    def test_an_empty_history_is_unknown(self) -> None:
        assert fold([]).state == State(None, 0)
