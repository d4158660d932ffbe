"""A maintenance programme in a real browser: its pages at three widths, and a review that ends in an approval."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from hangarlink.cli.seeding.programmes import REGISTRATION, seed_programmes
from hangarlink.fleet.actions import add_aircraft, add_aircraft_model, add_counter, set_opening
from hangarlink.fleet.models import Aircraft
from hangarlink.maintenance.amp.models import Programme, Revision, Task
from hangarlink.platform.people.models import Membership
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.browser.conftest import Arrive


@pytest.fixture
def pilatus(skyline: Account) -> Aircraft:
    """The demo's PC-12 with its programme."""
    at = datetime.now(UTC) - timedelta(days=6)
    with acting_in(skyline):
        model = add_aircraft_model(name="Pilatus PC-12/47E", acting_user=SYSTEM)
        aircraft = add_aircraft(
            registration=REGISTRATION, serial_number="1712", aircraft_model=model, acting_user=SYSTEM
        )
        counter = add_counter(aircraft, kind="airborne", acting_user=SYSTEM)
        set_opening(counter, total=4_812 * 3600, at=at, acting_user=SYSTEM)
        seed_programmes({REGISTRATION: aircraft}, at, SYSTEM)
    return aircraft


def test_a_revision_is_reviewed_and_approved(
    arrive: Arrive, chief: Membership, skyline: Account, pilatus: Aircraft
) -> None:
    with acting_in(skyline):
        waiting = Revision.objects.select_related("programme").get(stage="in_review")
        draft = Revision.objects.get(stage="draft")
        task, programme = Task.objects.filter(revision=draft).get(), Programme.objects.get(pk=waiting.programme_id)
    visitor = arrive(chief)
    for name, path in (
        ("list", "/programmes/"),
        ("programme", f"/programmes/{programme.pk}/"),
        ("revision", f"/programmes/revisions/{waiting.pk}/"),
        ("report", f"/programmes/revisions/{waiting.pk}/report/"),
        ("task", f"/programmes/tasks/{task.pk}/change/"),
        ("aircraft", f"/programmes/aircraft/{pilatus.pk}/"),
        ("examples", "/programmes/examples/"),
    ):
        visitor.open(path)
        for size in (1440, 1024, 390):
            visitor.page.set_viewport_size({"width": size, "height": 900})
            assert visitor.sticking_out() == [], f"{name} at {size}"
        visitor.pictures(f"programmes-{name}")
    page = visitor.open(f"/programmes/revisions/{waiting.pk}/report/")
    page.get_by_label("Approval reference").fill("DK-AMP-2")
    page.get_by_role("button", name="Approve").click()
    expect(page.get_by_text("It demands nothing before it is activated")).to_be_visible()
    page.get_by_role("link", name="Activate").click()
    page.get_by_role("button", name="Activate").click()
    expect(page.locator(".answer")).to_contain_text("Revision 2 is in force")
