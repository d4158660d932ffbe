"""Components in a real browser: the tree of an aircraft, a component with its life, an exchange by hand."""

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from hangarlink.cli.seeding.components import REGISTRATION, seed_components
from hangarlink.fleet.actions import add_aircraft, add_aircraft_model, add_counter, set_opening
from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.components.models import Component
from hangarlink.platform.people.models import Membership
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.browser.conftest import Arrive


@pytest.fixture
def king_air(skyline: Account) -> Aircraft:
    """The demo's King Air with its engines."""
    at = timezone.now() - timedelta(days=6)
    with acting_in(skyline):
        model = add_aircraft_model(name="King Air B200", acting_user=SYSTEM)
        aircraft = add_aircraft(registration=REGISTRATION, aircraft_model=model, acting_user=SYSTEM)
        for kind, total in (("airborne", 9_104 * 3600), ("landings", 9_870)):
            set_opening(add_counter(aircraft, kind=kind, acting_user=SYSTEM), total=total, at=at, acting_user=SYSTEM)
        seed_components({REGISTRATION: aircraft}, at, SYSTEM)
    return aircraft


def test_an_engine_is_exchanged(arrive: Arrive, chief: Membership, skyline: Account, king_air: Aircraft) -> None:
    with acting_in(skyline):
        engine = Component.objects.get(name="Engine PCE-PJ0437").pk
    visitor = arrive(chief)
    for name, path in (
        ("list", "/components/"),
        ("tree", f"/aircraft/{king_air.pk}/components/"),
        ("component", f"/components/{engine}/"),
    ):
        visitor.open(path)
        for size in (1440, 1024, 390):
            visitor.page.set_viewport_size({"width": size, "height": 900})
            assert visitor.sticking_out() == [], f"{name} at {size}"
        visitor.pictures(f"components-{name}")
    page = visitor.page
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("link", name="Exchange", exact=True).click()
    page.get_by_label("Installed instead").select_option(label="Engine PCE-PJ0188")
    page.get_by_label("Reason").fill("Hot section inspection")
    page.get_by_role("button", name="Exchange").click()
    expect(page.locator(".answer")).to_contain_text("In stock")
    visitor.open(f"/aircraft/{king_air.pk}/components/")
    expect(page.get_by_role("link", name="Engine PCE-PJ0188", exact=True)).to_be_visible()
