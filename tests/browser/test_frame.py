"""The frame of every page in a real browser: keyboard, dark mode, phone, policy."""

import pytest
from playwright.sync_api import expect

from hangarlink.fleet.models import Aircraft, AircraftModel
from hangarlink.platform.people.models import Membership
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.browser.conftest import Arrive


@pytest.fixture
def two_aircraft(skyline: Account) -> None:
    with acting_in(skyline):
        model = AircraftModel.objects.create(account=skyline, name="Cessna 172S", manufacturer="Cessna")
        for registration, status in (("OY-HLA", "in_service"), ("OY-HLB", "maintenance")):
            Aircraft.objects.create(account=skyline, registration=registration, aircraft_model=model, status=status)


def test_the_keyboard_reaches_search_menu_and_help(arrive: Arrive, chief: Membership, two_aircraft: None) -> None:
    visitor = arrive(chief)
    page = visitor.open("/models/")
    page.keyboard.press("g")
    page.keyboard.press("f")
    page.wait_for_url(f"{visitor.origin}/")
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url("**/aircraft/")
    page.keyboard.press("/")
    expect(page.locator("[data-list-search]")).to_be_focused()
    page.keyboard.type("g f ?")
    assert page.input_value("[data-list-search]") == "g f ?"
    page.locator("body").click(position={"x": 700, "y": 600})
    page.keyboard.press("?")
    expect(page.locator("#help")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#help")).to_be_hidden()


def test_a_filter_narrows_the_list_and_stays_in_the_address(
    arrive: Arrive, chief: Membership, two_aircraft: None
) -> None:
    page = arrive(chief).open("/aircraft/")
    expect(page.locator("#list tbody tr")).to_have_count(2)
    page.get_by_role("radio", name="Maintenance").check()
    expect(page.locator("#list tbody tr")).to_have_count(1)
    assert "status=maintenance" in page.url
    page.reload()
    expect(page.locator("#list tbody tr")).to_have_count(1)
    page.fill("[data-list-search]", "nothing like it")
    expect(page.get_by_text("No aircraft match these filters")).to_be_visible()


def test_dark_follows_the_system_until_somebody_chooses(arrive: Arrive, chief: Membership) -> None:
    visitor = arrive(chief, color_scheme="dark")
    page = visitor.open("/aircraft/")
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "dark"
    page.get_by_label("Light or dark").click()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "light"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.bsTheme") == "light"


def test_a_phone_opens_the_menu_and_nothing_sticks_out(arrive: Arrive, chief: Membership, two_aircraft: None) -> None:
    visitor = arrive(chief, size="390")
    page = visitor.open("/aircraft/")
    assert visitor.sticking_out() == []
    page.get_by_label("Menu").click()
    page.get_by_role("link", name="Aircraft models").click()
    page.wait_for_url("**/models/")


def test_a_lost_connection_is_said(arrive: Arrive, chief: Membership) -> None:
    visitor = arrive(chief)
    page = visitor.open("/aircraft/")
    visitor.context.set_offline(True)
    expect(page.locator("#offline")).to_be_visible()
    visitor.context.set_offline(False)
    expect(page.locator("#offline")).to_be_hidden()


def test_pictures(arrive: Arrive, chief: Membership, two_aircraft: None) -> None:
    visitor = arrive(chief)
    for name, path in (("aircraft-list", "/aircraft/"), ("models", "/models/"), ("nothing", "/nowhere/")):
        visitor.open(path)
        visitor.pictures(name)
    visitor.open("/aircraft/")
    visitor.page.keyboard.press("?")
    visitor.pictures("help", sizes=("1440", "390"))
