"""The lists and the board: filters, order, pages, reasons, and a number of statements that does not grow."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django_scopes import scope

from hangarlink.fleet.actions import change_aircraft, change_counter
from hangarlink.fleet.models import AircraftModel
from hangarlink.maintenance.programme.calendar import turn_calendar
from hangarlink.maintenance.programme.models import Applicability, CalendarTurn, DueItem
from hangarlink.maintenance.programme.queries import (
    Narrow,
    Sort,
    board,
    due_list,
    explanation_json,
    item_detail,
    state_counts,
)
from hangarlink.maintenance.programme.rules.airworthiness import Airworthiness, MandatoryClass
from hangarlink.maintenance.programme.rules.states import State
from hangarlink.platform.errors import Missing
from hangarlink.platform.jobs.models import Schedule
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.models import Account
from tests.maintenance.programme.conftest import (
    HUNDRED_HOURS,
    NOW,
    YEARLY,
    Hangar,
    hours,
    make_hangar,
    moment,
    state_changes,
)

TODAY = NOW.date()
DAY = timedelta(days=1)


def by_date(day: date) -> dict[str, Any]:
    return {"initial": {"kind": "date", "on": day.isoformat()}}


@pytest.fixture
def programme(hangar: Hangar) -> Hangar:
    """One item in each state, in an order that no list shows."""
    hangar.fly(2, "2026-02-27")
    hangar.demand("OK", by_date(TODAY + 90 * DAY), mandatory_class="recommended")
    hangar.demand("DUE", by_date(TODAY))
    hangar.demand("UNKNOWN", HUNDRED_HOURS)
    hangar.demand(
        "OVERDUE", by_date(TODAY - 3 * DAY), mandatory_class="airworthiness_directive", source_document="AD 1"
    )
    hangar.demand("SOON", by_date(TODAY + 9 * DAY), title="Propeller", mandatory_class="operator", ata="61")
    return hangar


def references(narrow: Narrow = Narrow(), **how: Any) -> list[str]:  # noqa: B008 - frozen
    return [row.reference for row in due_list(narrow, **how).rows]


def test_passed_first_then_unknown_then_what_lies_ahead(programme: Hangar) -> None:
    assert references() == ["OVERDUE", "UNKNOWN", "DUE", "SOON", "OK"]
    rows = due_list().rows
    assert [row.forecast for row in rows] == [TODAY - 3 * DAY, None, TODAY, TODAY + 9 * DAY, TODAY + 90 * DAY]
    assert references(as_of=TODAY + 10 * DAY)[:3] == ["OVERDUE", "DUE", "SOON"], "as of another day"


@pytest.mark.parametrize(
    ("narrow", "expected"),
    [
        (Narrow(states=[State.OVERDUE, State.DUE]), ["OVERDUE", "DUE"]),
        (Narrow(states=[State.OK]), ["OK"]),
        (Narrow(classes=[MandatoryClass.OPERATOR, MandatoryClass.RECOMMENDED]), ["SOON", "OK"]),
        (Narrow(text="propel"), ["SOON"]),
        (Narrow(text="oy-a"), ["OVERDUE", "UNKNOWN", "DUE", "SOON", "OK"]),
        (Narrow(text="%"), []),
        (Narrow(text="_"), []),
        (Narrow(text="';--"), []),
    ],
)
def test_filters(programme: Hangar, narrow: Narrow, expected: list[str]) -> None:
    assert references(narrow) == expected


def test_filters_by_aircraft_and_model(programme: Hangar, acting_user: Actor) -> None:
    other_model = AircraftModel.objects.create(account=programme.aircraft.account, name="SR22")
    other = make_hangar(other_model, acting_user, "OY-SRX")
    other.demand("Other", by_date(TODAY + DAY))
    assert references(Narrow(aircraft_id=other.aircraft.id)) == ["Other"]
    assert references(Narrow(aircraft_model_id=other_model.id)) == ["Other"]
    assert references(sort=Sort.AIRCRAFT)[-1] == "Other"
    assert references(sort=Sort.REQUIREMENT) == ["DUE", "OK", "OVERDUE", "Other", "SOON", "UNKNOWN"]


def test_pages(programme: Hangar) -> None:
    first, second = due_list(limit=3), due_list(offset=3, limit=3)
    assert ([row.reference for row in first.rows], first.has_more) == (["OVERDUE", "UNKNOWN", "DUE"], True)
    assert ([row.reference for row in second.rows], second.has_more) == (["SOON", "OK"], False)
    assert due_list(offset=99).rows == []
    assert len(due_list(offset=-5, limit=0).rows) == 1, "what makes no sense is brought into bounds"


def test_counts(programme: Hangar) -> None:
    assert state_counts() == dict.fromkeys(State, 1)


def test_forecast_by_planned_and_by_recent_use(hangar: Hangar, acting_user: Actor) -> None:
    inspection = hangar.demand()
    hangar.did(inspection, "2026-01-30", 1000.0)
    hangar.fly(3, "2026-02-10")
    hangar.fly(3, "2026-02-26")
    assert hangar.row(inspection).forecast == TODAY + 470 * DAY, "6 h in 30 days: 94 h last 470 days"
    change_counter(hangar.airborne, daily_rate=hours(2), acting_user=acting_user)
    assert hangar.row(inspection).forecast == TODAY + 47 * DAY
    change_counter(hangar.airborne, daily_rate=0, acting_user=acting_user)
    row = hangar.row(inspection)
    assert (row.forecast, row.never, row.state) == (None, True, State.OK)


def test_stale_usage_is_unknown_until_somebody_flies_or_says_it_is_parked(hangar: Hangar, acting_user: Actor) -> None:
    inspection = hangar.demand()
    hangar.did(inspection, "2026-01-30", 1000.0)
    hangar.fly(1, "2026-02-20")
    day = date(2026, 2, 20)
    assert hangar.row(inspection, as_of=day + 7 * DAY).state is State.OK
    row = hangar.row(inspection, as_of=day + 8 * DAY)
    assert (row.state, row.terms[0].unknown, row.terms[0].remaining) == (State.UNKNOWN, "stale_usage", hours(99))
    change_aircraft(hangar.aircraft, status="maintenance", acting_user=acting_user)
    assert hangar.row(inspection, as_of=day + 8 * DAY).state is State.OK
    change_aircraft(hangar.aircraft, status="in_service", acting_user=acting_user)
    hangar.fly(1, "2026-02-28")
    assert hangar.row(inspection).state is State.OK


def test_the_board_says_may_it_fly_and_why(programme: Hangar) -> None:
    row = board([programme.aircraft.id])[programme.aircraft.id]
    assert row.state is Airworthiness.GROUNDED
    assert [(ground.state.code, ground.code, ground.reference) for ground in row.grounds] == [
        ("grounded", "item_overdue", "OVERDUE"),
        ("unknown", "item_unknown", "UNKNOWN"),
        ("due_soon", "item_due", "DUE"),
        ("due_soon", "item_due_soon", "SOON"),
    ]
    assert row.grounds[0].source == "AD 1"
    assert (row.next.reference, row.next.terms[0].limit) == ("OVERDUE", TODAY - 3 * DAY)
    assert row.counts == dict.fromkeys(State, 1)
    assert (row.used_until, row.is_stale) == (moment("2026-02-27", 11), False)


def test_an_overdue_recommendation_does_not_ground(hangar: Hangar) -> None:
    hangar.fly(1)
    hangar.demand("SB", by_date(TODAY - DAY), mandatory_class="recommended")
    assert board([hangar.aircraft.id])[hangar.aircraft.id].state is Airworthiness.DUE_SOON


def test_nothing_demanded_is_not_airworthy_but_unknown(hangar: Hangar) -> None:
    hangar.fly(1)
    row = board([hangar.aircraft.id])[hangar.aircraft.id]
    assert (row.state, [ground.code for ground in row.grounds], row.next) == (
        Airworthiness.UNKNOWN, ["no_programme"], None
    )  # fmt: skip


def test_stale_usage_makes_the_aircraft_unknown_even_with_calendar_limits_only(hangar: Hangar) -> None:
    hangar.demand("annual", by_date(TODAY + 300 * DAY))
    row = board([hangar.aircraft.id])[hangar.aircraft.id]
    assert (row.state, [ground.code for ground in row.grounds]) == (Airworthiness.UNKNOWN, ["usage_stale"])
    hangar.fly(1)
    assert board([hangar.aircraft.id])[hangar.aircraft.id].state is Airworthiness.OK


def test_a_requirement_that_applies_and_has_no_item_makes_unknown(hangar: Hangar) -> None:
    """Cannot happen through our own actions; if it ever does, it must not look green."""
    hangar.fly(1)
    hangar.demand("annual", by_date(TODAY + 300 * DAY))
    second = hangar.demand("second", by_date(TODAY + 300 * DAY))
    assert board([hangar.aircraft.id])[hangar.aircraft.id].state is Airworthiness.OK
    item = hangar.item(second)
    item.terms.all().delete()
    DueItem.objects.filter(id=item.id).delete()
    row = board([hangar.aircraft.id])[hangar.aircraft.id]
    assert [ground.code for ground in row.grounds] == ["not_assessed"]
    assert Applicability.objects.count() == 2


def test_a_detail_explains_itself(programme: Hangar) -> None:
    inspection = programme.demand("100 h", HUNDRED_HOURS, source_document="AMP", source_paragraph="5-20")
    done = programme.did(inspection, "2026-02-01", 1000.0)
    found = item_detail(programme.item(inspection).id)
    assert found.explanation.source == "AMP 5-20, revision 1"
    assert "1000.0 h + 100.0 h = 1100.0 h" in found.explanation.tree.steps
    assert [one.id for one in found.history] == [done.id]
    assert explanation_json(found.item.id)["tree"]["due"] == {
        "counter": str(programme.airborne.id),
        "value": hours(1100),
    }
    assert explanation_json(found.item.id) == explanation_json(found.item.id)
    with pytest.raises(Missing):
        item_detail(programme.aircraft.id)


def test_the_number_of_statements_does_not_grow(hangar: Hangar, acting_user: Actor, model: AircraftModel) -> None:
    def asked() -> list[int]:
        ids = list(DueItem.objects.values_list("aircraft_id", flat=True).distinct())
        found = []
        for ask in (due_list, state_counts, lambda: board(ids), lambda: item_detail(hangar.item(inspection).id)):
            with CaptureQueriesContext(connection) as queries:
                ask()
            found.append(len(queries))
        return found

    inspection = hangar.demand()
    hangar.did(inspection, "2026-02-01", 1000.0)
    few = asked()
    for number in range(5):
        other = make_hangar(model, acting_user, f"OY-{number}")
        for reference in ("A", "B", "C"):
            other.demand(f"{reference}{number}", YEARLY)
        hangar.demand(f"D{number}", by_date(TODAY))
    assert asked() == few
    # Of the board, one asks compliance and one asks for parts with a life.
    assert few == [3, 2, 5, 10]


def test_another_account_sees_nothing(programme: Hangar, account: Account) -> None:
    other = Account.objects.create(subdomain="elsewhere", name="Other Operator")
    item, aircraft = DueItem.objects.first(), programme.aircraft.id
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('hangarlink.account_id', %s, true)", [str(other.id)])
    with scope(account=other):
        assert due_list().rows == []
        assert sum(state_counts().values()) == 0
        assert board([aircraft]) == {}
        with pytest.raises(Missing):
            item_detail(item.id)


def test_a_new_day_announces_the_lines_it_crosses(programme: Hangar, account: Account) -> None:
    seen = len(state_changes())
    assert turn_calendar(account) == 0, "today is announced already"
    with time_machine.travel(NOW + 2 * DAY, tick=False):
        assert turn_calendar(account) == 1
        assert turn_calendar(account) == 0
    assert state_changes()[seen:] == [("due", "overdue")]
    with time_machine.travel(NOW + 100 * DAY, tick=False):
        turn_calendar(account)
    assert sorted(state_changes()[seen + 1 :]) == [("due_soon", "overdue"), ("ok", "overdue")], (
        "missed days are caught up"
    )
    assert CalendarTurn.objects.get().announced_on == TODAY + 100 * DAY


def test_the_calendar_is_watched_from_the_first_requirement_on(hangar: Hangar, account: Account) -> None:
    hangar.demand("one")
    hangar.demand("two")
    (schedule,) = Schedule.objects.filter(task="programme.turn_calendar")
    assert (schedule.subject_id, schedule.every_seconds) == (account.id, 3600)
