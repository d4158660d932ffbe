"""Facts that do not agree: listed, opened, settled by a person with a reason."""

from datetime import timedelta

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from hangarlink.maintenance.programme.models import Requirement, ValueDiscrepancy
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.conftest import make_member
from tests.web.conftest import sign_in
from tests.web.programme.conftest import HOUR, Craft, do, make_requirement


@pytest.fixture
def disputed(account: Account, hundred: Requirement, craft: Craft) -> ValueDiscrepancy:
    """Work whose typed value the flights do not add up to."""
    do(account, hundred, craft, ago=timedelta(days=3, hours=12), value=4727 * HOUR)
    with acting_in(account):
        return ValueDiscrepancy.objects.get()


def test_an_empty_list_teaches(browser: Client, craft: Craft) -> None:
    for path in ("/due/discrepancies/", "/due/discrepancies/usage/"):
        assert "No facts disagree" in browser.get(path).text


def test_what_was_read_stands_beside_what_usage_says(browser: Client, disputed: ValueDiscrepancy) -> None:
    page = browser.get("/due/discrepancies/").text
    for text in ("4727:00", "100-hour inspection", "Settle", "OY-"):
        assert text in page, text
    assert "100-hour" in browser.get("/due/discrepancies/?state=open").text
    assert "100-hour" not in browser.get("/due/discrepancies/?state=settled").text
    assert "100-hour" not in browser.get("/due/discrepancies/?q=nothing").text
    opened = browser.get(f"/due/discrepancies/{disputed.pk}/").text
    assert "4727:00" in opened
    assert "correct the work" in opened


def test_it_is_settled_with_a_reason_and_then_gone(
    browser: Client, disputed: ValueDiscrepancy, account: Account
) -> None:
    url = f"/due/discrepancies/{disputed.pk}/"
    refused = browser.post(url, {"reason": ""})
    assert refused.status_code == 422
    done = browser.post(url, {"reason": "The tach runs fast"}, follow=True).text
    assert "Settled. The value that was read stands." in done
    assert "The tach runs fast" in browser.get("/due/discrepancies/?state=settled").text
    with acting_in(account):
        assert ValueDiscrepancy.objects.get().settled_by_label == "Kim Larsen"
    assert browser.post(url, {"reason": "again"}).status_code == 404


def test_who_may_only_look_cannot_settle(reader: Client, disputed: ValueDiscrepancy) -> None:
    assert reader.get("/due/discrepancies/").status_code == 200
    assert reader.post(f"/due/discrepancies/{disputed.pk}/", {"reason": "x"}).status_code == 403


def test_the_wall(disputed: ValueDiscrepancy, account: Account, other_account: Account) -> None:
    foreign = sign_in(make_member(other_account, role="Administrator", email="x@example.com"))
    assert foreign.post(f"/due/discrepancies/{disputed.pk}/", {"reason": "x"}).status_code == 404
    assert "100-hour" not in foreign.get("/due/discrepancies/").text
    blind = sign_in(make_member(account, "fleet.view", email="b@example.com", role="Blind"))
    assert blind.get("/due/discrepancies/").status_code == 403


def test_the_number_of_statements_does_not_follow_the_rows(
    browser: Client, craft: Craft, account: Account, disputed: ValueDiscrepancy,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    browser.get("/due/discrepancies/")
    for number in range(4):
        more = make_requirement(account, f"R{number}", "100-hour inspection too")
        do(account, more, craft, ago=timedelta(days=3, hours=12), value=4727 * HOUR)
    with django_assert_max_num_queries(16) as counted:
        page = browser.get("/due/discrepancies/").text
    assert page.count("100-hour inspection") >= 4, len(counted)
