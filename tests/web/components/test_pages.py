"""Components on pages: added, installed, removed, exchanged, told of; and who may."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.components.actions import (
    ClockPlan,
    add_component,
    add_component_type,
    add_position,
    install,
    record_work,
    set_life_limit,
    state_total,
)
from hangarlink.maintenance.components.models import ClockEntry, Component, ComponentType, Item, Placement
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.conftest import make_member
from tests.web.conftest import sign_in
from tests.web.fleet.conftest import Craft, make_craft
from tests.web.markup import problems_of

NOW = datetime.now(UTC)
LONG_AGO = NOW - timedelta(days=400)


def when(at: datetime = NOW, name: str = "at") -> dict[str, str]:
    return {f"{name}_0": f"{at:%Y-%m-%d}", f"{name}_1": f"{at:%H:%M}"}


@pytest.fixture
def craft(account: Account) -> Craft:
    return make_craft(account, flights=1)


@pytest.fixture
def engine_type(account: Account) -> ComponentType:
    with acting_in(account):
        return add_component_type(name="O-320", kind="engine", ata="72", acting_user=SYSTEM)


def make(account: Account, kind: ComponentType, serial: str = "L-1", **values: object) -> Component:
    given = {
        "component_type": kind, "part_number": "O-320-D2J", "serial_number": serial, "name": f"Engine {serial}",
        "condition": "serviceable", "certificate": "F1-7", "clocks": [ClockPlan("airborne", "Hours")],
        "at": LONG_AGO,
    }  # fmt: skip
    with acting_in(account):
        made = add_component(**(given | values), acting_user=SYSTEM)  # type: ignore[arg-type]
        state_total(made.clocks.get().counter, total=3600 * 1200, at=LONG_AGO, acting_user=SYSTEM)
        return made


def install_on(account: Account, component: Component, aircraft: Aircraft, position: str = "Engine") -> Placement:
    with acting_in(account):
        return install(component, on=aircraft, position=position, at=LONG_AGO + timedelta(days=1), acting_user=SYSTEM)


def test_the_empty_list_teaches(browser: Client) -> None:
    page = browser.get("/components/")
    assert "No components yet" in page.text
    assert problems_of(page.text) == []


def test_a_component_is_added_installed_and_removed(
    browser: Client, account: Account, craft: Craft, engine_type: ComponentType
) -> None:
    form = {
        "component_type": engine_type.pk, "name": "Engine <left>", "part_number": "O-320-D2J", "serial_number": "L-1",
        "condition": "serviceable", "certificate": "F1-7", "hours_kind": "airborne", "hours_total": "1200:30",
        **when(LONG_AGO),
    }  # fmt: skip
    page = browser.post("/components/new/", form, follow=True)
    assert "Engine &lt;left&gt; is tracked." in page.text
    with acting_in(account):
        made = Component.objects.get()
        assert ClockEntry.objects.get().value == 1200 * 3600 + 1800
    url = f"/components/{made.pk}/"
    assert "Choose the aircraft" in browser.get(f"{url}install/").text
    there = f"{url}install/?aircraft={craft.aircraft.pk}"
    page = browser.post(there, {"position": "Engine", **when(LONG_AGO + timedelta(days=1))}, follow=True)
    assert f"Engine of {craft.aircraft.registration}" in page.text
    page = browser.post(f"{url}remove/", {"to": "workshop", "location": "Shop", "condition": "as_removed", **when()},
                        follow=True)  # fmt: skip
    assert "In workshop, Shop" in page.text
    with acting_in(account):
        assert Placement.objects.filter(component=made).count() == 3


def test_what_is_installed_already_is_added_from_the_aircraft(
    browser: Client, account: Account, craft: Craft, engine_type: ComponentType
) -> None:
    with acting_in(account):
        add_position(craft.aircraft.aircraft_model, name="Engine 1", required=True, acting_user=SYSTEM)
    page = browser.get(f"{craft.url}components/")
    assert "Empty, and must not be" in page.text
    form = {"component_type": engine_type.pk, "position": "Engine 1", "condition": "unknown", **when(LONG_AGO)}
    page = browser.post(f"{craft.url}components/new/", form, follow=True)
    assert "Noted at its installation" in page.text
    assert "Empty, and must not be" not in browser.get(f"{craft.url}components/").text


def test_a_refused_installation_keeps_what_was_typed(
    browser: Client, account: Account, craft: Craft, engine_type: ComponentType
) -> None:
    one, other = make(account, engine_type, "1"), make(account, engine_type, "2")
    install_on(account, one, craft.aircraft, "Engine")
    there = f"/components/{other.pk}/install/?aircraft={craft.aircraft.pk}"
    answer = browser.post(there, {"position": "ENGINE", "work_order": "WO <7>", **when()})
    assert answer.status_code == 422
    assert "Another component is at ENGINE" in answer.text
    assert 'value="WO &lt;7&gt;"' in answer.text


def test_an_exchange_and_its_page(browser: Client, account: Account, craft: Craft, engine_type: ComponentType) -> None:
    one, other = make(account, engine_type, "1"), make(account, engine_type, "2")
    install_on(account, one, craft.aircraft)
    form = {"component": other.pk, "to": "stock", "condition": "as_removed", **when()}
    page = browser.post(f"/components/{one.pk}/exchange/", form, follow=True)
    assert "In stock" in page.text
    assert "Engine 2" in browser.get(f"{craft.url}components/").text


def test_totals_work_and_history_are_told(
    browser: Client, account: Account, craft: Craft, engine_type: ComponentType
) -> None:
    made = make(account, engine_type)
    with acting_in(account):
        counter = made.clocks.get().counter
    url = f"/components/{made.pk}/"
    answer = browser.post(f"{url}counters/{counter.pk}/total/", {"amount": "1100", **when()})
    assert answer.status_code == 422
    assert "never falls" in answer.text
    browser.post(f"{url}counters/{counter.pk}/bench/", {"amount": "1.5", **when()})
    page = browser.post(f"{url}work/", {"kind": "overhaul", "certificate": "F1-9", **when()}, follow=True)
    assert "Overhauled" in page.text
    past = {"holder": "Old Operator", "since": "2010-01-01", "until": "2015-01-01", f"ended_{counter.pk.hex}": "1000"}
    page = browser.post(f"{url}past/", past, follow=True)
    assert "Old Operator" in page.text
    assert "Not traced back to birth" in page.text
    page = browser.post(f"{url}rating/", {"rating": "22K", **when()}, follow=True)
    assert "22K" in page.text


def test_a_move_is_corrected_and_taken_back(
    browser: Client, account: Account, craft: Craft, engine_type: ComponentType
) -> None:
    made = make(account, engine_type)
    row = install_on(account, made, craft.aircraft)
    url = f"/components/{made.pk}/moves/"
    form = {"reason": "It was the day after", **when(LONG_AGO + timedelta(days=2))}
    assert browser.post(f"{url}{row.pk}/correct/", form).status_code == 302
    with acting_in(account):
        now_on = Placement.objects.get(component=made, until=None, superseded_at=None)
    assert browser.post(f"{url}{row.pk}/undo/", {"reason": "Wrong one"}).status_code == 404
    page = browser.post(f"{url}{now_on.pk}/undo/", {"reason": "Wrong one"}, follow=True)
    assert "In stock" in page.text


def test_types_positions_and_life_limits(browser: Client, account: Account, engine_type: ComponentType) -> None:
    page = browser.post("/components/types/new/", {"name": "Disk", "kind": "life_limited_part"}, follow=True)
    assert "Disk is added." in page.text
    url = f"/components/types/{engine_type.pk}/"
    assert "HPT 1" in browser.post(f"{url}positions/new/", {"name": "HPT 1", "ata": "72-50"}, follow=True).text
    make(account, engine_type)
    with acting_in(account):
        item = Item.objects.get()
    limit = f"/components/parts/{item.pk}/limit/"
    assert browser.post(limit, {"kind": "landings", "amount": "some"}).status_code == 422
    assert browser.post(limit, {"kind": "airborne", "amount": "2000", "source": "EMM 05-10"}).status_code == 302
    assert "2000" in browser.get(url).text


@pytest.fixture
def paths(account: Account, craft: Craft, engine_type: ComponentType) -> list[str]:
    """Every page, with a component that has lived."""
    made, spare = make(account, engine_type), make(account, engine_type, "S")
    row = install_on(account, made, craft.aircraft)
    with acting_in(account):
        disk = add_component_type(name="Disk", kind="life_limited_part", acting_user=SYSTEM)
        add_position(engine_type, name="Disk 1", accepts=disk, acting_user=SYSTEM)
        add_position(craft.aircraft.aircraft_model, name="Propeller", required=True, acting_user=SYSTEM)
        item = Item.objects.get()
        set_life_limit(item, kind="airborne", limit=3600 * 2000, acting_user=SYSTEM)
        record_work(made, kind="overhaul", at=NOW - timedelta(days=9), acting_user=SYSTEM)
        counter = made.clocks.get().counter_id
    url, model = f"/components/{made.pk}/", craft.aircraft.aircraft_model_id
    return [
        "/components/", "/components/new/", "/components/types/", "/components/types/new/",
        f"/components/types/{engine_type.pk}/", f"/components/types/{engine_type.pk}/positions/new/",
        f"/components/parts/{item.pk}/limit/", url, f"{url}edit/", f"{url}remove/", f"{url}exchange/", f"{url}work/",
        f"{url}past/", f"{url}rating/", f"{url}counters/{counter}/total/", f"{url}counters/{counter}/bench/",
        f"{url}moves/{row.pk}/correct/", f"{url}moves/{row.pk}/undo/", f"/components/{spare.pk}/install/",
        f"/components/{spare.pk}/install/?aircraft={craft.aircraft.pk}", f"/components/{spare.pk}/move/",
        f"{craft.url}components/", f"{craft.url}components/new/", f"/models/{model}/positions/",
        f"/models/{model}/positions/new/",
    ]  # fmt: skip


def test_every_page_can_be_used_without_seeing_it(browser: Client, paths: list[str]) -> None:
    for path in paths:
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert problems_of(answer.text) == [], path


def test_who_may_only_look_cannot_act(reader: Client, paths: list[str]) -> None:
    for path in paths:
        acts = any(word in path for word in ("new/", "edit/", "remove/", "exchange/", "work/", "past/", "rating/",
                                             "counters/", "moves/", "install/", "move/", "limit/"))  # fmt: skip
        assert reader.get(path).status_code == (403 if acts else 200), path


def test_another_accounts_component_is_not_there(
    account: Account, other_account: Account, engine_type: ComponentType
) -> None:
    made = make(account, engine_type)
    theirs = sign_in(make_member(other_account, email="other@example.com", role="Administrator"))
    for page in ("", "remove/", "install/", "work/"):
        assert theirs.get(f"/components/{made.pk}/{page}").status_code == 404
    assert "No components yet" in theirs.get("/components/").text


def test_the_list_filters_sorts_and_exports(
    browser: Client, account: Account, craft: Craft, engine_type: ComponentType
) -> None:
    one, other = make(account, engine_type, "L-1"), make(account, engine_type, "L-2")
    install_on(account, one, craft.aircraft)
    page = browser.get("/components/?place=aircraft")
    assert "Engine L-1" in page.text
    assert "Engine L-2" not in page.text
    assert "Engine L-2" in browser.get("/components/?q=l-2&sort=-since").text
    sheet = browser.get("/components/?export=xlsx")
    assert sheet.headers["Content-Type"].startswith("application/vnd.openxmlformats")
    assert other.pk


def test_lists_cost_the_same_however_many_there_are(
    browser: Client, account: Account, craft: Craft, engine_type: ComponentType,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    def statements(number: int) -> list[int]:
        install_on(account, make(account, engine_type, f"L-{number}"), craft.aircraft, f"E{number}")
        found = []
        for path in ("/components/", f"{craft.url}components/"):
            with CaptureQueriesContext(connection) as caught:
                assert f"Engine L-{number}" in browser.get(path).text
            found.append(len(caught))
        return found

    first = statements(0)
    for number in range(1, 6):
        last = statements(number)
    assert last == first
    assert max(last) <= 40
