"""From an example directive to the status list, in a real browser."""

from datetime import date

from django.urls import reverse
from playwright.sync_api import expect

from hangarlink.fleet.models import AircraftModel
from hangarlink.platform.people.models import Membership
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.browser.conftest import Arrive
from tests.maintenance.compliance.conftest import make_directive
from tests.web.fleet.conftest import make_craft

SIZES = {"1440": 900, "1024": 768, "390": 844}


def test_a_directive_is_taken_over_assessed_and_listed(arrive: Arrive, chief: Membership, skyline: Account) -> None:
    craft, other = make_craft(skyline), make_craft(skyline, "OY-SKB")
    with acting_in(skyline):
        make_directive(
            AircraftModel.objects.get(), SYSTEM, "SB-72-1101-R4", kind="sb", issuer="Manufacturer with a long name",
            subject="Replacement of the flexible fuel hose between selector valve and electric auxiliary pump",
            effective_on=date(2025, 1, 1),
        )  # fmt: skip
    visitor = arrive(chief)
    page = visitor.open(reverse("compliance:examples"))
    page.get_by_label("AD 2020-21-22").check()
    page.get_by_label("Cessna 172S").check()
    page.get_by_role("button", name="Take over").click()
    expect(page.get_by_text("2 of 2 not assessed.")).to_be_visible()
    visitor.pictures("directive")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("link", name="OY-SKA").click()
    page.get_by_role("link", name="Applicable", exact=True).click()
    page.get_by_role("button", name="Applicable").click()
    expect(page.get_by_text("never", exact=True)).to_be_visible()
    visitor.pictures("directive-on-aircraft")
    for name, path in {
        "compliance": "/compliance/",
        "directive-status": f"/aircraft/{craft.aircraft.pk}/directives/",
        "directive-form": "/compliance/directives/new/",
        "board-not-assessed": "/",
        "aircraft-not-assessed": other.url,
    }.items():
        visitor.open(path)
        visitor.page.wait_for_load_state("networkidle")
        for size, height in SIZES.items():
            page.set_viewport_size({"width": int(size), "height": height})
            assert visitor.sticking_out() == [], f"{name} at {size}"
        visitor.pictures(name)
