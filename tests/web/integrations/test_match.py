"""The page that asks which of ours a partner's customer is."""

import pytest
from django.test import Client
from django.utils import timezone

from hangarlink.integration.conflicts.models import Review, ReviewKind
from hangarlink.integration.connections.models import Connection, Link, LinkState
from hangarlink.operations.customers.actions import add_customer
from hangarlink.operations.customers.models import Customer
from hangarlink.platform.people.models import Membership
from hangarlink.platform.people.permissions import PERMISSIONS
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.conftest import make_member
from tests.web.conftest import sign_in

THEIRS = {
    "external_id": "7", "version": "0", "changed_at": None, "name": "Ida <b>", "company": "", "email": "",
    "phone": "12", "street": "", "city": "", "region": "", "postal_code": "", "country": "", "currency": "",
    "notes": "", "is_active": True,
}  # fmt: skip


@pytest.fixture
def asked(account: Account, admin: Membership) -> Review:
    with acting_in(account):
        books = Connection.objects.create(
            account=account, connector="quickbooks", name="Books", identity_key="1", identity_name="Skyline"
        )
        ours = add_customer(name="Ida", email="ida@example.com", acting_user=admin.actor())
        link = Link.objects.create(
            account=account, connection=books, dataset="customers", external_id="7", label="Ida", is_held=True,
            state=LinkState.UNMATCHED, candidates=[ours.pk],
        )  # fmt: skip
        return Review.objects.create(
            account=account, connection=books, dataset="customers", kind=ReviewKind.MATCH, subject="Ida",
            rule="last_write_wins", raised_at=timezone.now(), theirs=THEIRS, external_id="7", link_id=link.pk,
            candidates=[str(ours.pk)],
        )  # fmt: skip


def address(review: Review) -> str:
    return f"/ops/settings/integrations/connections/{review.connection_id}/review/{review.pk}/"


def test_both_are_shown_and_linking_overwrites_nothing(browser: Client, account: Account, asked: Review) -> None:
    page = browser.get(address(asked)).text
    assert "It is Ida" in page
    assert "Ida &lt;b&gt;" in page
    assert "ida@example.com" in page
    assert browser.post(address(asked), {}).status_code == 422
    assert browser.post(address(asked), {"choice": "00000000-0000-0000-0000-000000000000"}).status_code == 422
    assert browser.post(address(asked), {"choice": asked.candidates[0]}).status_code == 302
    with acting_in(account):
        row = Customer.objects.get()
        assert (row.name, row.email, row.phone) == ("Ida", "ida@example.com", "")
        assert str(Link.objects.get().internal_id) == asked.candidates[0]
    assert "Linked to one of ours" in browser.get(address(asked)).text


def test_another_one_is_taken_in(browser: Client, account: Account, asked: Review) -> None:
    assert browser.post(address(asked), {"choice": "new"}).status_code == 302
    with acting_in(account):
        assert set(Customer.objects.values_list("phone", flat=True)) == {"", "12"}


def test_who_may_look_may_not_choose_and_strangers_see_nothing(
    account: Account, other_account: Account, asked: Review
) -> None:
    viewer = sign_in(make_member(account, "integrations.view", email="v@example.com", role="V"))
    assert "Decide</button>" not in viewer.get(address(asked)).text
    assert viewer.post(address(asked), {"choice": "new"}).status_code == 403
    stranger = sign_in(make_member(other_account, *PERMISSIONS))
    assert stranger.get(address(asked)).status_code == 404
