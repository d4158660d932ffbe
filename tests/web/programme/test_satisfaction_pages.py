"""Links between requirements on their page."""

from django.test import Client

from hangarlink.maintenance.programme.models import Requirement, Satisfaction
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.conftest import make_member
from tests.web.conftest import sign_in
from tests.web.programme.conftest import Craft, item_of, make_requirement


def test_a_link_is_added_used_and_removed(
    browser: Client, account: Account, craft: Craft, hundred: Requirement
) -> None:
    annual = make_requirement(account, "ANNUAL", "Annual inspection")
    address = f"/requirements/{annual.pk}/satisfies/"
    assert "05-20-01" in browser.get(address).text
    answer = browser.post(address, {"satisfied": str(hundred.pk), "source": "14 CFR 91.409(b)"})
    assert answer.status_code == 302
    assert "14 CFR 91.409(b)" in browser.get(f"/requirements/{annual.pk}/").text
    assert "Satisfied by" in browser.get(f"/requirements/{hundred.pk}/").text
    item = item_of(account, annual, craft)
    work = {"performed_at_0": "2026-01-05", "performed_at_1": "10:00", "certificate": "CRS 9"}
    assert browser.post(f"/due/{item.pk}/record/", work).status_code == 302
    done = browser.get(f"/due/{item_of(account, hundred, craft).pk}/").text
    assert "CRS 9" in done
    assert "With ANNUAL." in done
    assert browser.post(f"{address}{hundred.pk}/").status_code == 302
    with acting_in(account):
        assert not Satisfaction.objects.exists()


def test_a_circle_is_refused_on_the_page(browser: Client, account: Account, hundred: Requirement) -> None:
    annual = make_requirement(account, "ANNUAL", "Annual inspection")
    browser.post(f"/requirements/{annual.pk}/satisfies/", {"satisfied": str(hundred.pk)})
    answer = browser.post(f"/requirements/{hundred.pk}/satisfies/", {"satisfied": str(annual.pk)})
    assert answer.status_code == 422
    assert "This would close a circle: 05-20-01 satisfies ANNUAL satisfies 05-20-01" in answer.text


def test_who_may_not(reader: Client, account: Account, other_account: Account, hundred: Requirement) -> None:
    assert reader.get(f"/requirements/{hundred.pk}/satisfies/").status_code == 403
    assert "Add</a>" not in reader.get(f"/requirements/{hundred.pk}/").text
    stranger = sign_in(make_member(other_account, email="other@example.com", role="Administrator"))
    assert stranger.get(f"/requirements/{hundred.pk}/satisfies/").status_code == 404
