"""The connector against the sandbox over real sockets: it asks for what is documented, and no more than it needs."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from hangarlink.connectors.flightlogger import FlightLogger, queries
from hangarlink.integration.connections.line import Line
from hangarlink.integration.contract import AuthFailed, Cursor, Dataset, Directions, Malformed, NotReady, Page
from hangarlink.platform.vault import Secret
from hangarlink.sandbox.flightlogger import DEMO_KEY, STUDENT_KEY, Limits, World
from hangarlink.sandbox.serve import Serving, serve
from tests.integration.conftest import Waits, now


@pytest.fixture(scope="module")
def school() -> World:
    return World.demo(now=now() - timedelta(minutes=1), days=12)


@pytest.fixture
def serving(school: World) -> Iterator[Serving]:
    with serve(world=school) as sandbox:
        yield sandbox


def dial(serving: Serving, key: str = DEMO_KEY) -> FlightLogger:
    line = Line(serving.endpoint, FlightLogger.manifest.auth, Secret(key), pace=Waits())
    return FlightLogger(line)


def pulled(connector: FlightLogger, dataset: Dataset, cursor: Cursor | None = None) -> list[Page[Any]]:
    return list(connector.pull(dataset, cursor or Cursor()))


def records(pages: list[Page[Any]]) -> list[Any]:
    return [record for page in pages for record in page.records]


def test_the_whole_fleet_and_every_flight_are_read(serving: Serving) -> None:
    connector = dial(serving)
    fleet = records(pulled(connector, Dataset.AIRCRAFT))
    assert {one.call_sign for one in fleet} == {
        one.call_sign for one in serving.world.aircraft.values() if not one.disabled
    }
    pages = pulled(connector, Dataset.FLIGHT_TIMES)
    flights = {record.external_id: record for record in records(pages)}
    assert set(flights) == {str(flight.id) for flight in serving.world.timeline}
    assert not any(page.unreadable for page in pages)
    for flight in serving.world.timeline:
        read = flights[str(flight.id)]
        assert [log.seconds for log in read.logs] == [log.duration for log in flight.logs]
        assert read.started_at <= flight.sortie.start
    gone = {name for page in pages for name in page.deleted}
    assert gone == {str(deletion.entity_id) for deletion in serving.world.deletions}


def test_a_pull_can_go_on_after_any_page(serving: Serving) -> None:
    everything = [record.external_id for record in records(pulled(dial(serving), Dataset.FLIGHT_TIMES))]
    with serve(world=serving.world, limits=Limits(max_page_size=17)) as small:
        pages = pulled(dial(small), Dataset.FLIGHT_TIMES)
        assert len(pages) > 5
        for n in range(0, len(pages), 4):
            rest = pulled(dial(small), Dataset.FLIGHT_TIMES, pages[n].cursor)
            told = [record.external_id for record in records(pages[: n + 1]) + records(rest)]
            if "phase" in pages[n].cursor.values:
                assert told == everything
            else:
                assert rest[-1].cursor.get("since")


def test_a_place_that_the_partner_forgot_means_from_the_start(serving: Serving) -> None:
    cursor = Cursor({"began": "2026-11-01T00:00:00+00:00", "phase": "changes", "after": "nonsense"})
    assert len(records(pulled(dial(serving), Dataset.FLIGHT_TIMES, cursor))) == len(serving.world.timeline)


def test_the_mark_is_the_partners_clock_at_the_first_answer(serving: Serving) -> None:
    last = pulled(dial(serving), Dataset.FLIGHT_TIMES)[-1].cursor
    assert set(last.values) == {"since"}
    again = pulled(dial(serving), Dataset.FLIGHT_TIMES, last)
    asked = [entry["variables"] for entry in serving.journal.entries() if entry["operation"] == "Flights"][-1]
    assert asked["changedAfter"] < last.get("since"), "a little earlier, for clocks that differ"
    assert again[-1].cursor.get("since") >= last.get("since")


def test_a_flight_that_changes_while_it_is_read_is_not_stepped_over(school: World) -> None:
    """Flights are listed by departure: one on a page that was read already changes before the last page is read."""
    with serve(world=school, limits=Limits(max_page_size=20)) as small:
        connector = dial(small)
        first = school.timeline[0]
        pages: list[Page[Any]] = []
        for page in connector.pull(Dataset.FLIGHT_TIMES, Cursor()):
            if len(pages) == 3:
                school.edit_flight(first.id, departure="EKAH", rechain=False)
            pages.append(page)
        mark = pages[-1].cursor
        told = {record.external_id for record in records(pulled(connector, Dataset.FLIGHT_TIMES, mark))}
    assert str(first.id) in told


@pytest.mark.parametrize(
    ("key", "error", "message"),
    [("nobody", AuthFailed, "refuses the credentials"), (STUDENT_KEY, NotReady, "may not see the aircraft's logs")],
)
def test_proving_tells_a_bad_key_from_a_weak_one(
    serving: Serving, key: str, error: type[Exception], message: str
) -> None:
    assert dial(serving).prove().key == "demo"
    with pytest.raises(error, match=message):
        dial(serving, key).prove()


def test_a_student_sees_only_part_and_that_is_visible(serving: Serving) -> None:
    aircraft = records(pulled(dial(serving, STUDENT_KEY), Dataset.AIRCRAFT))
    assert {one.logs for one in aircraft} == {None}


def test_nothing_personal_is_asked_for() -> None:
    asked = " ".join((queries.ACCOUNT, queries.AIRCRAFT, queries.FLIGHTS, queries.DELETED_FLIGHTS))
    for word in ("user", "student", "instructor", "pilot", "crew", "whoDoneIt", "createdBy", "contact", "comment"):
        assert word.lower() not in asked.lower()


def test_half_a_page_is_no_page(serving: Serving) -> None:
    serving.faults.add("missing_page_info", times=None)
    with pytest.raises(Malformed, match="only part of a page"):
        pulled(dial(serving), Dataset.AIRCRAFT)


def test_the_manifest_is_what_the_methods_do() -> None:
    sent = {dataset for dataset, way in FlightLogger.manifest.datasets.items() if way is not Directions.PULL}
    assert sent == {Dataset.MAINTENANCE_BOOKINGS, Dataset.MAINTENANCE_PARTS}
    with pytest.raises(LookupError):
        dial_nowhere().pull("trips", Cursor())  # type: ignore[arg-type]


def dial_nowhere() -> FlightLogger:
    return FlightLogger(Line("https://example.com", FlightLogger.manifest.auth, Secret("x" * 8)))
