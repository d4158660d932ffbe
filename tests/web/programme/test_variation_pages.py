"""Approved variations and tolerance classes on their pages."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from hangarlink.maintenance.programme.actions import add_ready_tolerance_classes, revise_requirement
from hangarlink.maintenance.programme.models import DueItem, Requirement, ToleranceClass, Variation
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.conftest import make_member
from tests.web.conftest import sign_in
from tests.web.programme.conftest import HOUR, Craft, do, item_of

LIST_STATEMENTS = 13


@pytest.fixture
def item(account: Account, hundred: Requirement, craft: Craft) -> DueItem:
    """A 100-hour inspection with 10:12 h left, whose class allows 10 h."""
    with acting_in(account):
        add_ready_tolerance_classes(acting_user=SYSTEM)
        revise_requirement(hundred, tolerance="part_ml_mip", reason="class chosen", acting_user=SYSTEM)
    do(account, hundred, craft, ago=timedelta(days=3, hours=12), value=4727 * HOUR)
    return item_of(account, hundred, craft)


def said(**changed: Any) -> dict[str, Any]:
    return {
        "path": "repeat/0",
        "amount": "5",
        "unit": "",
        "counts_from": "",
        "approved_by": "CAMO postholder",
        "approved_on": timezone.now().date().isoformat(),
        "reference": "VAR 12",
        "conditions": "no defects open",
        **changed,
    }


def test_a_variation_is_recorded_and_shown(browser: Client, account: Account, item: DueItem) -> None:
    form = browser.get(f"/due/{item.pk}/variation/").text
    assert "10:00 h" in form, "what the class allows"
    assert browser.post(f"/due/{item.pk}/variation/", said()).status_code == 302
    page = browser.get(f"/due/{item.pk}/").text
    for text in (
        "VAR 12",
        "4827:00 h by 5:00 h",
        "holds until the next accomplishment",
        "no defects open",
        "15:12 h left",
        "an approved variation of 5:00 h (VAR 12) holds once: the limit is 4832:00 h",
    ):
        assert text in page, text
    assert "5.0 h approved variation" in browser.get("/due/").text


def test_the_look_ahead_keeps_nothing(browser: Client, account: Account, item: DueItem) -> None:
    page = browser.post(f"/due/{item.pk}/variation/", said(preview="yes")).text
    assert "15:12 h" in page
    with acting_in(account):
        assert not Variation.objects.exists()


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"amount": "10.1"}, "10:06 h is more than the 10:00 h"),
        ({"amount": "ten"}, "ten"),
        ({"path": "repeat/1", "unit": "months", "amount": "2"}, "is more than"),
        ({"reference": ""}, "This field is required"),
    ],
)
def test_a_refusal_keeps_what_was_typed(
    browser: Client, account: Account, item: DueItem, change: dict[str, Any], text: str
) -> None:
    answer = browser.post(f"/due/{item.pk}/variation/", said(**change))
    assert answer.status_code == 422
    assert text in answer.text
    assert "CAMO postholder" in answer.text
    with acting_in(account):
        assert not Variation.objects.exists()


def test_it_is_withdrawn_with_a_reason(browser: Client, account: Account, item: DueItem) -> None:
    browser.post(f"/due/{item.pk}/variation/", said())
    with acting_in(account):
        made = Variation.objects.get()
    assert browser.post(f"/due/{item.pk}/variation/{made.pk}/", {"reason": ""}).status_code == 422
    assert browser.post(f"/due/{item.pk}/variation/{made.pk}/", {"reason": "wrong aircraft"}).status_code == 302
    page = browser.get(f"/due/{item.pk}/").text
    assert "10:12 h left" in page
    assert "wrong aircraft" in page


def test_who_may_record_work_may_not_approve(
    browser: Client, account: Account, item: DueItem, reader: Client, other_account: Account
) -> None:
    mechanic = sign_in(make_member(account, email="tech@example.com", role="Technician"))
    assert mechanic.post(f"/due/{item.pk}/variation/", said()).status_code == 403
    assert "Record variation" not in mechanic.get(f"/due/{item.pk}/").text
    assert "Record variation" in browser.get(f"/due/{item.pk}/").text
    assert reader.get("/tolerance-classes/new/").status_code == 403
    stranger = sign_in(make_member(other_account, email="other@example.com", role="Administrator"))
    assert stranger.get(f"/due/{item.pk}/variation/").status_code == 404
    with acting_in(account):
        one = ToleranceClass.objects.first()
    assert one
    assert stranger.get(f"/tolerance-classes/{one.pk}/").status_code == 404


def band(number: int = 0, **values: str) -> dict[str, str]:
    named = {"measure": "", "below": "", "percent": "", "most": "", **values}
    return {f"bands-{number}-{name}": value for name, value in named.items()}


def rows(*bands: dict[str, str]) -> dict[str, str]:
    found = {"bands-TOTAL_FORMS": "8", "bands-INITIAL_FORMS": "0"}
    for number in range(8):
        found |= band(number, **(bands[number] if number < len(bands) else {}))
    return found


class TestClasses:
    def test_the_empty_list_teaches_and_the_published_ones_come(self, browser: Client, account: Account) -> None:
        assert "every limit is exact" in browser.get("/tolerance-classes/").text
        assert browser.post("/tolerance-classes/published/").status_code == 302
        page = browser.get("/tolerance-classes/").text
        assert "10 %, at most 500 h" in page
        assert "below 200 h: 10 %, at most 10 h; 5 %, at most 50 h" in page

    def test_one_is_added_changed_and_retired(self, browser: Client, account: Account) -> None:
        whole = {"code": "mine", "name": "Mine", "source": "AMP 1.4", "counts_from": "grid"}
        first = {"measure": "hours", "below": "50", "percent": "10"}
        assert browser.post("/tolerance-classes/new/", {**whole, **rows(first)}).status_code == 302
        with acting_in(account):
            made = ToleranceClass.objects.get()
        assert made.bands == [{"measure": "hours", "below": 50 * HOUR, "percent": 10}]
        assert "below 50 h: 10 % of h" in browser.get(f"/tolerance-classes/{made.pk}/").text
        second = {"measure": "months", "most": "1"}
        changed = browser.post(f"/tolerance-classes/{made.pk}/change/", {**whole, **rows(first, second)})
        assert changed.status_code == 302
        with acting_in(account):
            assert len(ToleranceClass.objects.get().bands) == 2
        assert browser.post(f"/tolerance-classes/{made.pk}/retire/").status_code == 302
        assert "is retired" in browser.get("/tolerance-classes/").text
        assert "mine" not in browser.get("/tolerance-classes/").text
        assert "mine" in browser.get("/tolerance-classes/?state=retired").text

    def test_refusals_stay_at_their_line(self, browser: Client, account: Account) -> None:
        whole = {"code": "mine", "name": "Mine", "source": "", "counts_from": "grid"}
        without = browser.post("/tolerance-classes/new/", {**whole, **rows({"measure": "hours"})})
        assert (without.status_code, "Give a percentage" in without.text) == (422, True)
        wrong = browser.post("/tolerance-classes/new/", {**whole, **rows({"measure": "hours", "most": "1:99"})})
        assert wrong.status_code == 422
        nothing = browser.post("/tolerance-classes/new/", {**whole, **rows()})
        assert (nothing.status_code, "bands" in nothing.text) == (422, True)

    def test_a_requirement_names_one(self, browser: Client, account: Account, hundred: Requirement) -> None:
        with acting_in(account):
            add_ready_tolerance_classes(acting_user=SYSTEM)
        assert "nl_ilt: NL: 10 %, at most 500 h" in browser.get(f"/requirements/{hundred.pk}/revise/").text

    def test_the_number_of_statements(
        self, browser: Client, account: Account, django_assert_num_queries: DjangoAssertNumQueries
    ) -> None:
        with acting_in(account):
            add_ready_tolerance_classes(acting_user=SYSTEM)
        browser.get("/tolerance-classes/")
        with django_assert_num_queries(LIST_STATEMENTS):
            browser.get("/tolerance-classes/")
