"""Logs feed the counters of their kind; a flight is told whole or not at all."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from hypothesis import given
from hypothesis import strategies as st

from hangarlink.fleet.vocabulary import CounterKind
from hangarlink.integration.contract import Aircraft, FlightTimes, LogAmount, LogKind, LogSlot, by_source
from hangarlink.integration.datasets.mapping import Code, CounterView, Refusal, amounts_of, is_source, name_of, propose

DAY = datetime(2026, 6, 3, 9, tzinfo=UTC)
HOBBS, TACH, LANDINGS, CYCLES = (uuid4() for _ in range(4))
MAPPED = {"hobbs": (HOBBS,), "tach": (TACH,), "landings": (LANDINGS, CYCLES)}


def flight(*logs: tuple[str, int], landings: int | None = 3) -> FlightTimes:
    told = tuple(LogAmount(LogKind(kind), slot, n) for (kind, n), slot in zip(logs, LogSlot, strict=False))
    return FlightTimes("F1", Aircraft("1", "OY-SKA"), DAY, DAY + timedelta(hours=1), told, landings)


def never(counter: UUID) -> None:
    return None


def view(kind: CounterKind, name: str = "", slot: str = "") -> CounterView:
    return CounterView(uuid4(), kind, name or kind.label, slot)


def told(*logs: tuple[str, str]) -> dict[str, LogAmount]:
    return by_source([LogAmount(LogKind(kind), LogSlot(slot), 0) for kind, slot in logs])


def test_every_mapped_counter_gets_its_amount() -> None:
    found = amounts_of(flight(("hobbs", 3600), ("tach", 3000)), MAPPED, counts_from=never)
    assert found == {HOBBS: 3600, TACH: 3000, LANDINGS: 3, CYCLES: 3}


def test_an_unmapped_log_says_which_and_what_to_do() -> None:
    found = amounts_of(flight(("hobbs", 3600), ("vdo", 3000)), MAPPED, counts_from=never)
    assert isinstance(found, Refusal)
    assert found.code == Code.UNMAPPED_LOG
    assert found.reason == (
        'The partner\'s log "VDO" of OY-SKA is not mapped. Say which counter it feeds, or that it is ignored.'
    )


def test_an_ignored_log_is_left_out() -> None:
    found = amounts_of(flight(("hobbs", 3600), ("vdo", 9)), {"hobbs": (HOBBS,), "vdo": ()}, counts_from=never)
    assert found == {HOBBS: 3600}


def test_a_missing_log_would_leave_a_counter_behind() -> None:
    found = amounts_of(flight(("hobbs", 3600)), MAPPED, counts_from=never)
    assert isinstance(found, Refusal)
    assert found.code == Code.LOG_MISSING
    assert '"Tach"' in found.reason


def test_before_the_opening_balance_nothing_is_missed() -> None:
    found = amounts_of(flight(("hobbs", 3600)), MAPPED, counts_from=lambda _: DAY + timedelta(days=1))
    assert found == {HOBBS: 3600, LANDINGS: 3, CYCLES: 3}


def test_hidden_landings_are_not_no_landings() -> None:
    found = amounts_of(flight(("hobbs", 1), ("tach", 1), landings=None), MAPPED, counts_from=never)
    assert isinstance(found, Refusal)
    assert found.code == Code.LANDINGS_UNKNOWN
    assert amounts_of(flight(("hobbs", 1), landings=None), {"hobbs": (HOBBS,)}, counts_from=never) == {HOBBS: 1}


def test_cycles_by_flight_count_one_each() -> None:
    found = amounts_of(flight(("hobbs", 1)), {"hobbs": (HOBBS,), "flights": (CYCLES,)}, counts_from=never)
    assert found == {HOBBS: 1, CYCLES: 1}


def test_nothing_mapped_is_said() -> None:
    found = amounts_of(flight(("hobbs", 1)), {"hobbs": ()}, counts_from=never)
    assert isinstance(found, Refusal)
    assert found.code == Code.NOTHING_MAPPED


def test_proposals_go_by_kind() -> None:
    counters = [view(CounterKind.TACH), view(CounterKind.HOBBS), view(CounterKind.LANDINGS), view(CounterKind.CYCLES)]
    tach, hobbs, landings, cycles = (counter.id for counter in counters)
    found = propose(told(("hobbs", "primary"), ("tach", "secondary"), ("vdo", "tertiary")), counters, {})
    assert found == [("hobbs", hobbs), ("tach", tach), ("landings", landings), ("landings", cycles)]


def test_several_of_a_kind_are_told_apart_by_slot_then_name() -> None:
    left, right = view(CounterKind.HOBBS, "Left", "primary"), view(CounterKind.HOBBS, "Right", "secondary")
    assert propose(told(("hobbs", "secondary")), [left, right], {}) == [("hobbs", right.id)]
    plain, other = view(CounterKind.HOBBS, "hobbs"), view(CounterKind.HOBBS, "Other")
    assert propose(told(("hobbs", "primary")), [plain, other], {}) == [("hobbs", plain.id)]
    assert propose(told(("hobbs", "primary")), [view(CounterKind.HOBBS, "A"), view(CounterKind.HOBBS, "B")], {}) == []


def test_two_logs_of_one_kind_have_names_of_their_own() -> None:
    assert list(told(("hobbs", "primary"), ("hobbs", "secondary"))) == ["hobbs/primary", "hobbs/secondary"]
    assert name_of("hobbs/secondary") == "Hobbs (secondary)"


def test_what_was_decided_is_not_proposed_again() -> None:
    free = [view(CounterKind.HOBBS), view(CounterKind.LANDINGS)]
    assert propose(told(("hobbs", "primary")), free, {"hobbs": (), "landings": ()}) == []


def test_a_count_that_is_added_later_is_fed_too() -> None:
    cycles = view(CounterKind.CYCLES)
    assert propose({}, [cycles], {"landings": (LANDINGS,)}) == [("landings", cycles.id)]


@given(st.text(max_size=12))
def test_sources_are_a_closed_list(word: str) -> None:
    assert is_source(word) == (word in {"landings", "flights", *LogKind})


@given(st.dictionaries(st.sampled_from(list(LogKind)), st.integers(0, 10**6), max_size=3), st.integers(0, 30))
def test_nothing_is_lost_or_made_up(logs: dict[LogKind, int], landings: int) -> None:
    mapped = {kind.value: (UUID(int=n + 1),) for n, kind in enumerate(logs)} | {"landings": (LANDINGS,)}
    found = amounts_of(flight(*((k.value, n) for k, n in logs.items()), landings=landings), mapped, counts_from=never)
    assert isinstance(found, dict)
    assert sum(found.values()) == sum(logs.values()) + landings
