"""Events of an aircraft on their pages."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from hangarlink.maintenance.programme.models import EventRecord, Requirement
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.conftest import make_member
from tests.web.conftest import sign_in
from tests.web.programme.conftest import Craft, item_of, make_requirement

HARD_LANDING = {"repeat": {"kind": "event", "event": "hard_landing"}}


@pytest.fixture
def inspection(account: Account, craft: Craft) -> Requirement:
    return make_requirement(account, "05-51-10", "Inspection after a hard landing", HARD_LANDING)


def said(**changed: Any) -> dict[str, Any]:
    yesterday = timezone.now() - timedelta(days=1)
    return {
        "code": "hard landing",
        "at_0": yesterday.date().isoformat(),
        "at_1": "08:00",
        "source": "TL 4711",
        "note": "",
        **changed,
    }


def test_before_it_the_limit_waits_and_after_it_is_due(
    browser: Client, account: Account, craft: Craft, inspection: Requirement
) -> None:
    page = browser.get("/due/").text
    assert "waits for the next hard landing" in page
    events = f"/due/aircraft/{craft.aircraft.pk}/events/"
    assert "150 h after a hard landing" in browser.get(events).text
    assert "No events recorded" in browser.get(events).text
    assert "hard landing" in browser.get(f"{events}new/").text
    preview = browser.post(f"{events}new/", said(preview="yes")).text
    assert "becomes overdue" in preview
    with acting_in(account):
        assert not EventRecord.objects.exists()
    assert browser.post(f"{events}new/", said()).status_code == 302
    assert "TL 4711" in browser.get(events).text
    opened = browser.get(f"/due/{item_of(account, inspection, craft).pk}/").text
    assert "hard landing recorded" in opened
    assert "state-overdue" in opened


def test_it_is_corrected_and_withdrawn(
    browser: Client, account: Account, craft: Craft, inspection: Requirement
) -> None:
    events = f"/due/aircraft/{craft.aircraft.pk}/events/"
    browser.post(f"{events}new/", said())
    with acting_in(account):
        first = EventRecord.objects.get()
    assert browser.post(f"{events}{first.pk}/", said(at_1="09:00", reason="")).status_code == 422
    assert browser.post(f"{events}{first.pk}/", said(at_1="09:00", reason="typing error")).status_code == 302
    assert browser.get(f"{events}{first.pk}/").status_code == 404
    with acting_in(account):
        second = EventRecord.objects.get(superseded_at__isnull=True)
    assert browser.post(f"{events}{second.pk}/withdraw/", {"reason": "other aircraft"}).status_code == 302
    assert "waits for the next hard landing" in browser.get("/due/").text
    assert "TL 4711" in browser.get(f"{events}?state=withdrawn").text


def test_a_refusal_keeps_what_was_typed(
    browser: Client, account: Account, craft: Craft, inspection: Requirement
) -> None:
    answer = browser.post(f"/due/aircraft/{craft.aircraft.pk}/events/new/", said(at_0="2999-01-01"))
    assert (answer.status_code, "is in the future" in answer.text, "TL 4711" in answer.text) == (422, True, True)


def test_who_may_and_who_may_not(
    browser: Client,
    reader: Client,
    account: Account,
    other_account: Account,
    craft: Craft,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    events = f"/due/aircraft/{craft.aircraft.pk}/events/"
    assert reader.get(events).status_code == 200
    assert reader.get(f"{events}new/").status_code == 403
    other = sign_in(make_member(other_account, email="other@example.com", role="Administrator"))
    assert other.get(events).status_code == 404
    assert other.post(f"{events}new/", said()).status_code == 404
    for number in range(3):
        browser.post(f"{events}new/", said(at_1=f"0{number}:00"))
    browser.get(events)
    with django_assert_num_queries(16):
        assert browser.get(events).text.count("TL 4711") == 3
