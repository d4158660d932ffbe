"""A due item as of another day and as known on another moment, on the page and as a file."""

import json
from datetime import timedelta

import time_machine
from django.test import Client
from django.utils import timezone

from hangarlink.maintenance.programme.actions import correct_accomplishment
from hangarlink.maintenance.programme.models import Accomplishment, Requirement
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.conftest import make_member
from tests.web.conftest import sign_in
from tests.web.programme.conftest import HOUR, Craft, do, item_of


def test_as_of_a_past_day_says_so_and_offers_no_verb(
    browser: Client, hundred: Requirement, craft: Craft, account: Account
) -> None:
    do(account, hundred, craft, ago=timedelta(days=3, hours=12), value=4727 * HOUR)
    url = f"/due/{item_of(account, hundred, craft).pk}/"
    assert "Not the present" not in browser.get(url).text
    before = (timezone.now() - timedelta(days=5)).date()
    page = browser.get(url, {"as_of": before.isoformat(), "known_0": "", "known_1": ""}).text
    assert "Not the present" in page
    assert "Not done by then" in page
    assert "Record work done" not in page


def test_what_was_learned_when_leads_to_the_answer_of_then(
    browser: Client, hundred: Requirement, craft: Craft, account: Account
) -> None:
    do(account, hundred, craft, ago=timedelta(days=3, hours=12), value=4727 * HOUR)
    item, recorded = item_of(account, hundred, craft), timezone.now()
    with time_machine.travel(recorded + timedelta(hours=1)):
        with acting_in(account):
            values = {craft.airborne.pk: 4730 * HOUR}
            correct_accomplishment(Accomplishment.objects.get(), reason="Misread", values=values, acting_user=SYSTEM)
        page = browser.get(f"/due/{item.pk}/")
        assert "4830:00 h" in page.text
        assert [one.change.reason for one in page.context["learned"][:2]] == ["Misread", ""]
        page = browser.get(f"/due/{item.pk}/?{page.context['learned'][1].query}")
    assert "4827:00 h" in page.text
    assert "4830:00 h" not in page.text


def test_the_file_holds_tree_sources_counters_and_work(
    browser: Client, hundred: Requirement, craft: Craft, account: Account
) -> None:
    do(account, hundred, craft, ago=timedelta(days=3, hours=12), value=4727 * HOUR)
    answer = browser.get(f"/due/{item_of(account, hundred, craft).pk}/explanation.json")
    assert answer["Content-Type"] == "application/json"
    told = json.loads(answer.content)
    assert (told["state"], told["known_at"], told["requirement"]["revision"]) == ("due_soon", None, 1)
    assert told["tree"]["parts"][0]["due"] == {"counter": str(craft.airborne.pk), "value": 4827 * HOUR}
    assert {one["name"] for one in told["counters"]} == {craft.airborne.name}
    (work,) = told["accomplishments"]
    assert {"counter": str(craft.airborne.pk), "value": 4727 * HOUR, "source": "read"} in work["values"]
    assert "Kim Larsen" not in answer.text, "no names of persons"


def test_a_question_nobody_can_answer_is_refused_and_stays_on_the_page(
    browser: Client, hundred: Requirement, craft: Craft, account: Account
) -> None:
    item = item_of(account, hundred, craft)
    for asked, said in (
        ({"known_0": "2199-01-01", "known_1": "10:00"}, "is in the future"),
        ({"as_of": "2026-02-31"}, "is not a date that exists"),
    ):
        page = browser.get(f"/due/{item.pk}/", asked)
        assert (page.status_code, said in page.text) == (200, True)
        assert next(iter(asked.values())) in page.text
        assert browser.get(f"/due/{item.pk}/explanation.json", asked).status_code == 422
    assert browser.get(f"/due/{item.pk}/", {"known_0": "2001-01-01", "known_1": "10:00"}).status_code == 404


def test_another_account_and_who_may_not_look(
    hundred: Requirement, craft: Craft, account: Account, other_account: Account
) -> None:
    url = f"/due/{item_of(account, hundred, craft).pk}/explanation.json"
    foreign = sign_in(make_member(other_account, role="Administrator", email="x@example.com"))
    assert foreign.get(url).status_code == 404
    pilot = sign_in(make_member(account, "fleet.view", email="b@example.com", role="Blind"))
    assert pilot.get(url).status_code == 403
