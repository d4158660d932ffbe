"""The fleet's pages in a real browser."""

from datetime import UTC, datetime, timedelta

from playwright.sync_api import expect

from hangarlink.fleet.actions.readings import record_reading
from hangarlink.platform.people.models import Membership
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.browser.conftest import Arrive
from tests.web.fleet.conftest import HOUR, make_craft
from tests.web.programme.conftest import do, make_requirement


def test_a_refused_form_keeps_what_was_typed_and_shows_where(
    arrive: Arrive, chief: Membership, skyline: Account
) -> None:
    craft = make_craft(skyline)
    visitor = arrive(chief)
    page = visitor.open(f"{craft.url}counters/{craft.airborne.pk}/reading/")
    page.get_by_label("Instrument shows").fill("4000:00")
    page.get_by_role("button", name="Record reading").click()
    expect(page.locator("#id_reading_error")).to_contain_text("a total never falls")
    expect(page.get_by_label("Instrument shows")).to_have_value("4000:00")
    expect(page.get_by_label("Instrument shows")).to_be_focused()
    # Said once, at the field, and only as long as it is about what stands there.
    expect(page.get_by_text("a total never falls")).to_have_count(1)
    visitor.pictures("reading-refused", sizes=("1440", "390"))
    page.get_by_label("Instrument shows").fill("4900:00")
    expect(page.locator("#id_reading_error")).to_have_count(0)
    expect(page.locator(".live-sentence")).to_contain_text("4900")


def test_a_correction_tells_what_it_would_do(arrive: Arrive, chief: Membership, skyline: Account) -> None:
    craft = make_craft(skyline)
    do(skyline, make_requirement(skyline), craft, ago=timedelta(days=3, hours=12), value=4727 * HOUR)
    visitor = arrive(chief)
    page = visitor.open(f"{craft.url}flights/{craft.flights[-1].pk}/correct/")
    page.get_by_label("Airborne").fill("13:00")
    expect(page.get_by_role("alert").get_by_text("1 item becomes overdue")).to_be_visible()
    visitor.pictures("correction", sizes=("1440", "390"))


def test_an_empty_account_teaches(arrive: Arrive, chief: Membership) -> None:
    visitor = arrive(chief)
    for name, path in {"board": "/", "due": "/due/", "defects": "/defects/", "requirements": "/requirements/"}.items():
        page = visitor.open(path)
        expect(page.locator(".empty")).to_be_visible()
        visitor.pictures(f"empty-{name}", sizes=("1440", "390"))


def test_pictures_of_aircraft_counters_and_flights(arrive: Arrive, chief: Membership, skyline: Account) -> None:
    craft = make_craft(skyline, flights=40)
    with acting_in(skyline):
        record_reading(craft.airborne, reading=4875 * HOUR, at=datetime.now(UTC), acting_user=SYSTEM)
    visitor = arrive(chief)
    for name, path in {
        "aircraft": "",
        "flights": "flights/",
        "flight": f"flights/{craft.flights[3].pk}/",
        "flight-form": "flights/new/",
        "flight-correct": f"flights/{craft.flights[3].pk}/correct/",
        "counter": f"counters/{craft.airborne.pk}/",
        "opening": f"counters/{craft.airborne.pk}/opening/",
        "aircraft-edit": "edit/",
    }.items():
        visitor.open(craft.url + path)
        for size in ("1440", "1024", "390"):
            visitor.page.set_viewport_size({"width": int(size), "height": 900})
            assert visitor.sticking_out() == [], f"{name} at {size}"
        visitor.pictures(name)
    visitor.open("/models/new/")
    visitor.pictures("model-form", sizes=("1440", "390"))
    visitor.open("/aircraft/new/")
    visitor.pictures("aircraft-new", sizes=("1440", "390"))
