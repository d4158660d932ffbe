"""Users, roles, audit trail, settings and OAuth applications in a real browser, and pictures of them."""

import pytest
from playwright.sync_api import expect

from hangarlink.platform.applications.actions import create_application
from hangarlink.platform.people.actions import change_role, create_role, deactivate, invite
from hangarlink.platform.people.models import Membership, Role
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.browser.conftest import Arrive
from tests.platform.people.conftest import add_member


@pytest.fixture
def busy(skyline: Account, chief: Membership) -> Account:
    """Members, roles, invitations and applications, with the names that real organisations have."""
    with acting_in(skyline):
        me = chief.actor()
        controller = (
            "fleet.view",
            "fleet.edit",
            "fleet.record_usage",
            "programme.view",
            "programme.edit",
            "defects.view",
        )
        create_role("Maintenance controller", permissions=controller, acting_user=me)
        technician = create_role("Technician", permissions=["fleet.view", "defects.view"], acting_user=me)
        create_role("Read only", permissions=["fleet.view"], acting_user=me)
        for name in ("anders.soerensen", "birgitte", "christopher-alexander.montgomery-fitzgerald", "dorte", "erik"):
            add_member(skyline, f"{name}@skyline-flight-school.example", "Technician")
        change_role(
            technician, name="Technician", permissions=["fleet.view", "defects.view", "defects.report"], acting_user=me
        )
        deactivate(Membership.objects.get(user__email__startswith="erik"), acting_user=me)
        invite("new.inspector@skyline.example", roles=[technician], acting_user=me)
        create_application(
            name="Dispatch system",
            scopes=["hours_cycles_write", "hours_cycles_read", "defects_write", "aircraft_read"],
            acting_user=me,
        )
        create_application(name="Customer portal", scopes=["aircraft_read"], acting_user=me)
    return skyline


PAGES = {
    "users": "/people/",
    "invite": "/people/invite/",
    "roles": "/roles/",
    "role-new": "/roles/new/",
    "audit": "/audit/",
    "settings": "/account/",
    "applications": "/applications/",
    "application-new": "/applications/new/",
}


def test_pictures_of_pages_that_are_full(arrive: Arrive, chief: Membership, busy: Account) -> None:
    visitor = arrive(chief)
    with acting_in(busy):
        kim = Membership.objects.get(user__email__startswith="birgitte")
        role = Role.objects.get(name="Technician")
    pages = PAGES | {
        "user": f"/people/{kim.pk}/",
        "deactivate": f"/people/{kim.pk}/deactivate/",
        "role": f"/roles/{role.pk}/",
    }
    for name, path in pages.items():
        visitor.open(path)
        visitor.pictures(name, sizes=("1440", "390"))
        assert not visitor.sticking_out(), name


def test_pictures_of_pages_that_are_empty(arrive: Arrive, chief: Membership) -> None:
    visitor = arrive(chief)
    for name in ("users", "roles", "audit", "applications"):
        visitor.open(PAGES[name])
        visitor.pictures(f"{name}-empty", sizes=("1440", "390"), modes=("light",))


def test_ticking_a_right_ticks_the_right_to_see(arrive: Arrive, chief: Membership, busy: Account) -> None:
    page = arrive(chief).open("/roles/")
    page.get_by_label("Read only: Record accomplishments").check()
    expect(page.get_by_label("Read only: See requirements and what is due")).to_be_checked()
    page.get_by_role("button", name="Save the roles").click()
    expect(page.get_by_text("The roles are changed")).to_be_visible()
    with acting_in(busy):
        assert Role.objects.get(name="Read only").permissions == ["fleet.view", "programme.record", "programme.view"]


def test_a_secret_is_shown_once(arrive: Arrive, chief: Membership, skyline: Account) -> None:
    visitor = arrive(chief)
    page = visitor.open("/applications/new/")
    page.fill("#id_name", "Dispatch system")
    page.get_by_label("aircraft_read").check()
    page.get_by_role("button", name="Create the application").click()
    secret = page.locator("#secret").inner_text()
    assert len(secret) >= 32
    visitor.pictures("secret", sizes=("1440", "390"))
    page.get_by_role("link", name="I have kept it").click()
    expect(page.get_by_text("Never used so far.")).to_be_visible()
    assert secret not in page.content()
    visitor.pictures("application", sizes=("1440", "390"))
