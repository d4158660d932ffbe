"""Defects on pages: reported, rectified, closed, reopened; each step only where the record allows it."""

from datetime import UTC, datetime

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from hangarlink.maintenance.defects.actions import report_defect
from hangarlink.maintenance.defects.models import Defect
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.conftest import make_member
from tests.web.conftest import sign_in
from tests.web.fleet.conftest import Craft, make_craft

NOW = datetime.now(UTC)
WHEN = {"reported_at_0": f"{NOW:%Y-%m-%d}", "reported_at_1": f"{NOW:%H:%M}"}
DONE = {"at_0": f"{NOW:%Y-%m-%d}", "at_1": f"{NOW:%H:%M}"}


@pytest.fixture
def craft(account: Account) -> Craft:
    return make_craft(account, flights=1)


def make_defect(account: Account, craft: Craft, text: str = "Left main tyre worn") -> Defect:
    with acting_in(account):
        return report_defect(craft.aircraft, description=text, reported_at=NOW, acting_user=SYSTEM).defect


def test_a_defect_goes_its_way(browser: Client, account: Account, craft: Craft) -> None:
    form = {"description": "Left main tyre <worn>", "reported_by": "Kim", "ata": "32-41", "due_date": "", **WHEN}
    page = browser.post(f"{craft.url}defects/new/", form, follow=True)
    assert "Defect 1 is reported." in page.text
    assert "tyre &lt;worn&gt;" in page.text
    with acting_in(account):
        made = Defect.objects.get()
    url = f"/defects/{made.pk}/"
    assert "possible: rectify" in browser.post(f"{url}close/", {"x": "1"}).text
    page = browser.post(f"{url}rectify/", {"rectification": "Tyre replaced", **DONE}, follow=True)
    assert "Tyre replaced" in page.text
    page = browser.post(f"{url}reopen/", {"reason": "Leaks again"}, follow=True)
    assert "<strong>Open</strong>" in page.text
    browser.post(f"{url}rectify/", {"rectification": "Valve replaced", **DONE})
    page = browser.post(f"{url}close/", {}, follow=True)
    assert "<strong>Closed</strong>" in page.text
    assert "Rectify</a>" not in page.text


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"description": " "}, "description", "This field is required"),
        ({"ata": "9"}, "ata", "is no ATA reference"),
        ({"reported_at_0": "2199-01-01"}, "reported_at", "lies in the future"),
        ({"due_date": "2026-02-30"}, "due_date", "is not a date that exists"),
    ],
)
def test_a_refused_report_keeps_what_was_typed(
    browser: Client, craft: Craft, change: dict[str, str], field: str, says: str
) -> None:
    form = {"description": "Oil leak", "reported_by": "Søren", "ata": "", "due_date": "", **WHEN, **change}
    answer = browser.post(f"{craft.url}defects/new/", form)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert says in answer.text
    assert 'value="Søren"' in answer.text


def test_the_list_filters_and_costs_the_same_for_many(
    browser: Client, account: Account, craft: Craft, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(2):
        make_defect(account, craft, f"Finding {number}")
    with django_assert_max_num_queries(30) as few:
        browser.get("/defects/")
    for number in range(2, 30):
        make_defect(account, craft, f"Finding {number}")
    with django_assert_max_num_queries(30) as many:
        browser.get("/defects/")
    assert len(many) == len(few)
    assert "No defects match" in browser.get("/defects/?status=closed").text
    found = browser.get(f"{craft.url}defects/?q=29").text
    assert "Finding 29" in found
    assert "Finding 7" not in found


def test_rights_of_each_step(account: Account, craft: Craft) -> None:
    made = make_defect(account, craft)
    technician = sign_in(make_member(account, email="t@example.com", role="Technician"))
    assert technician.get(f"{craft.url}defects/new/").status_code == 200
    for step in ("rectify", "close", "reopen"):
        assert technician.post(f"/defects/{made.pk}/{step}/", {"reason": "x"}).status_code == 403
    blind = sign_in(make_member(account, "fleet.view", email="b@example.com"))
    for path in ("/defects/", f"/defects/{made.pk}/", f"{craft.url}defects/", f"{craft.url}defects/new/"):
        assert blind.get(path).status_code == 403


def test_a_defect_of_another_account_does_not_exist(account: Account, other_account: Account, craft: Craft) -> None:
    made = make_defect(account, craft)
    foreign = sign_in(make_member(other_account, email="f@example.com", role="Administrator"))
    assert foreign.get(f"/defects/{made.pk}/").status_code == 404
    assert foreign.post(f"/defects/{made.pk}/rectify/", {"rectification": "x", **DONE}).status_code == 404
