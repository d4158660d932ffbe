"""The audit trail: what is shown, filtered, exported."""

import re
from datetime import datetime
from io import BytesIO
from typing import Any
from uuid import UUID

import pytest
import time_machine
from django.test import Client
from openpyxl import load_workbook

from hangarlink.platform.audit.actions import record
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.people.models import Membership
from hangarlink.platform.people.permissions import SYSTEM, Actor, ActorKind
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.web.audit.changes import Change, changes_of
from hangarlink.web.audit.words import action_word, object_word, value_text
from tests.platform.people.conftest import add_member
from tests.web.conftest import sign_in

SYNC = Actor(ActorKind.CONNECTION, UUID("414801a2-b6c6-4895-8db1-eb2e161121a0"), "FlightLogger", frozenset())


@pytest.fixture
def three(account: Account, admin: Membership) -> Membership:
    """Somebody changed by a person, by the system and by a connection."""
    with acting_in(account):
        kim = add_member(account, "kim@example.com")
        record(
            admin.actor(),
            kim,
            "roles_changed",
            old={"roles": ["Technician"]},
            new={"roles": ["Technician", "<b>Boss</b>"]},
        )
        record(SYSTEM, account, "created", new={"name": "=1+1"})
        record(SYNC, kim, "checked")
    return kim


def test_who_what_when_and_old_beside_new(browser: Client, three: Membership) -> None:
    page = browser.get("/audit/").text
    assert "roles changed" in page
    assert "&lt;b&gt;Boss&lt;/b&gt;" in page, "a value is text, never markup"
    assert "<del>–</del>" in page
    assert "by itself" in page
    assert f'href="/people/{three.pk}/"' in page


@pytest.mark.parametrize(
    ("query", "actions"),
    [
        ("", {"roles changed", "created", "checked"}),
        ("?type=account", {"created"}),
        ("?action=checked", {"checked"}),
        ("?q=flightlogger", {"checked"}),
        (f"?person={SYNC.id}", {"checked"}),
        ("?since=2999-01-01", set()),
        ("?until=2000-01-01", set()),
        ("?since=nonsense&type=nonsense&person=nonsense&object=nonsense", {"roles changed", "created", "checked"}),
    ],
)
def test_filters(browser: Client, three: Membership, query: str, actions: set[str]) -> None:
    page = browser.get(f"/audit/{query}").text
    assert {word for word in ("roles changed", "created", "checked") if f">{word}</a>" in page} == actions


def test_filters_by_member_and_object(browser: Client, account: Account, admin: Membership, three: Membership) -> None:
    page = browser.get(f"/audit/?person={admin.user_id}").text
    assert ">roles changed</a>" in page
    assert ">created</a>" not in page
    page = browser.get(f"/audit/?object={three.pk}").text
    assert ">created</a>" not in page
    assert ">checked</a>" in page
    assert "Only what is about one object." in page


def test_a_day_counts_from_midnight_to_midnight_utc(browser: Client, account: Account) -> None:
    with acting_in(account):
        for moment in ("2026-03-13 23:59:59", "2026-03-14 00:00:00", "2026-03-14 23:59:59", "2026-03-15 00:00:00"):
            with time_machine.travel(datetime.fromisoformat(f"{moment}+00:00"), tick=False):
                record(SYSTEM, account, f"at {moment}")
    page = browser.get("/audit/?since=2026-03-14&until=2026-03-14").text
    assert re.findall(r">at ([\d :-]+)</a>", page) == ["2026-03-14 23:59:59", "2026-03-14 00:00:00"]


def test_export_holds_the_same_rows_and_no_formula(browser: Client, three: Membership) -> None:
    answer = browser.get("/audit/?type=account&export=xlsx")
    sheet = load_workbook(BytesIO(b"".join(answer.streaming_content))).active  # type: ignore[attr-defined]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert rows[0] == ["When", "Who", "What", "About", "Old and new values"]
    assert [row[1:] for row in rows[1:]] == [["Hangarlink", "created", "Skyline Flight School", "name: =1+1"]]
    assert sheet.cell(2, 5).data_type == "s"


def test_the_page_costs_the_same_for_many(
    browser: Client, account: Account, three: Membership, django_assert_max_num_queries: Any
) -> None:
    with acting_in(account):
        for _ in range(120):
            record(SYSTEM, account, "changed", old={"name": "a"}, new={"name": "b"})
    with django_assert_max_num_queries(16):
        page = browser.get("/audit/?page=2").text
    assert "51–100" in page


def test_another_account_sees_nothing_of_it(three: Membership, other_account: Account) -> None:
    with acting_in(other_account):
        from hangarlink.platform.people.models import Role

        Role.objects.create(account=other_account, name="Administrator", is_administrator=True)
    page = sign_in(add_member(other_account, "other@example.com", "Administrator")).get("/audit/").text
    assert "kim@example.com" not in page
    assert "Nothing was done yet" in page


def test_changes_as_they_read() -> None:
    entry = AuditEntry(
        old={"roles": ["A", "B"], "name": "x", "gone": True},
        new={"roles": ["B", "C"], "name": None, "expires_at": "2026-03-14T09:12:30Z"},
    )
    assert changes_of(entry) == [
        Change("roles", "A", "C"),
        Change("name", "x", "–"),
        Change("gone", "yes", None),
        Change("expires at", None, "14 Mar 2026 09:12Z"),
    ]
    assert [str(c) for c in changes_of(entry)] == [
        "roles: A -> C",
        "name: x -> –",
        "gone: yes -> removed",
        "expires at: 14 Mar 2026 09:12Z",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        ([], "–"),
        (False, "no"),
        (0, "0"),
        ("2026-13-45T99:99:99Z", "2026-13-45T99:99:99Z"),
        ({"a_b": [1, 2]}, "a b: 1, 2"),
        ("2026-03-14", "2026-03-14"),
    ],
)
def test_values_as_they_read(value: object, text: str) -> None:
    assert value_text(value) == text


def test_words() -> None:
    assert object_word("membership") == "User"
    assert object_word("work_order") == "Work order"
    assert action_word("secret rotated") == "secret rotated"
