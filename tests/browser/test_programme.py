"""Board, due list and explanation in a real browser."""

from playwright.sync_api import expect

from hangarlink.platform.people.models import Membership
from hangarlink.platform.tenancy.models import Account
from tests.browser.conftest import Arrive
from tests.web.school import make_school


def test_pictures_of_the_board_and_what_is_due(arrive: Arrive, chief: Membership, skyline: Account) -> None:
    make_school(skyline)
    visitor = arrive(chief)
    page = visitor.open("/")
    expect(page.locator(".board tbody tr")).to_have_count(7)
    for name, path in {
        "board": "/", "due": "/due/", "due-grouped": "/due/?group=aircraft", "requirements": "/requirements/",
        "requirement-form": "/requirements/new/",
    }.items():  # fmt: skip
        visitor.open(path)
        visitor.page.wait_for_load_state("networkidle")
        for size in ("1440", "1024", "390"):
            visitor.page.set_viewport_size({"width": int(size), "height": 900})
            assert visitor.sticking_out() == [], f"{name} at {size}"
        visitor.pictures(name)
    page.set_viewport_size({"width": 1440, "height": 900})
    visitor.open("/due/?q=OY-SKB")
    page.get_by_role("link", name="05-20-01").click()
    expect(page.get_by_text("whichever comes first", exact=True)).to_be_visible()
    visitor.pictures("due-item")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("link", name="05-20-01").click()
    visitor.pictures("requirement")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.go_back()
    page.get_by_role("link", name="Record work done").click()
    page.get_by_label("Performed at").fill("2026-11-01")
    page.get_by_label("Time, UTC").first.fill("1015")
    page.get_by_label("Airborne").fill("4838:00")
    expect(page.get_by_text("After this")).to_be_visible()
    visitor.pictures("work", sizes=("1440", "390"))


def test_a_long_form_survives_leaving_the_page(arrive: Arrive, chief: Membership, skyline: Account) -> None:
    visitor = arrive(chief)
    page = visitor.open("/requirements/new/")
    page.get_by_label("Title").fill("50-hour inspection")
    page.get_by_label("Every").first.fill("50")
    visitor.open("/due/")
    visitor.open("/requirements/new/")
    expect(page.get_by_text("What you typed here before is back.")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("50-hour inspection")
    expect(page.get_by_label("Every").first).to_have_value("50")
    page.get_by_role("button", name="Discard it").click()
    expect(page.get_by_label("Title")).to_have_value("")
    visitor.open("/requirements/new/")
    expect(page.get_by_text("What you typed here before is back.")).to_have_count(0)


def test_the_live_sentence_follows_what_is_typed(arrive: Arrive, chief: Membership, skyline: Account) -> None:
    make_school(skyline)
    visitor = arrive(chief)
    page = visitor.open("/requirements/new/")
    page.get_by_label("Every").first.fill("50")
    page.get_by_role("button", name="Limit", exact=True).click()
    page.get_by_label("Measured on").nth(1).select_option("calendar_months")
    page.get_by_label("Every").nth(1).fill("6")
    expect(page.get_by_text("Airborne: every 50 h; or calendar time: every 6 calendar months")).to_be_visible()
    # A group in the group, and away with it: what was typed stays.
    page.get_by_role("button", name="Group of limits").click()
    expect(page.get_by_label("Measured on")).to_have_count(4)
    page.get_by_role("button", name="Remove group").click()
    expect(page.get_by_label("Measured on")).to_have_count(2)
    expect(page.get_by_label("Every").first).to_have_value("50")
    page.get_by_label("Show the next five dues on").select_option(label="OY-SKA")
    expect(page.locator(".next-dues li").first).to_be_visible()
    page.get_by_label("Reference").fill("05-20-02")
    page.get_by_label("Title").fill("50-hour inspection")
    page.get_by_label("Cessna 172S").check()
    expect(page.locator(".consequences").get_by_text("OY-SKA")).to_be_visible()
    visitor.pictures("requirement-preview", sizes=("1440", "390"))
    page.get_by_role("button", name="Add requirement").click()
    expect(page.get_by_text("05-20-02 is added.")).to_be_visible()
