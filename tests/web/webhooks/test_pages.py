"""Pages of webhooks: the secret is seen once, rights, forms that keep what was typed, the log, sending again."""

import html
import json
import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from hangarlink.integration.webhooks.actions import create_endpoint, stop_endpoint
from hangarlink.integration.webhooks.models import Delivery, Endpoint
from hangarlink.integration.webhooks.vocabulary import StopCode
from hangarlink.maintenance.defects.events import DefectReported
from hangarlink.platform.applications.actions import create_application
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.events.actions import announce
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.people.models import Role
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.conftest import make_member
from tests.integration.webhooks.conftest import pump
from tests.integration.webhooks.receiver import Answer, Receiver
from tests.platform.people.conftest import add_member
from tests.web.conftest import sign_in
from tests.web.inbound.test_receiving import make_connection
from tests.web.markup import problems_of

NEW = {"url": "http://127.0.0.1:9009/hook?key=sesame", "description": "Dispatch", "choice": "all"}


def the_one(account: Account) -> Endpoint:
    with acting_in(account):
        return Endpoint.objects.get()


def secret_on(page: str) -> str:
    return html.unescape(re.search(r'<code id="secret">([^<]+)</code>', page)[1])  # type: ignore[index]


@pytest.fixture
def endpoint(account: Account) -> Endpoint:
    with acting_in(account):
        return create_endpoint(url="http://127.0.0.1:9009/hook", description="Dispatch", acting_user=SYSTEM).endpoint


@pytest.fixture
def delivered(account: Account) -> Any:
    """One delivery that was refused by a receiver that talks back."""
    receiver = Receiver()
    receiver.behave = lambda message: Answer(500, b"<script>alert(1)</script> token=sesame-sesame")
    with acting_in(account):
        made = create_endpoint(url=receiver.url(), event_types=["defect.reported"], acting_user=SYSTEM).endpoint
        announce(DefectReported(uuid4(), uuid4()))
        pump(account)
        found = Delivery.objects.get(endpoint=made)
    yield found
    receiver.stop()


def test_the_secret_is_seen_once_and_the_address_is_not_in_the_audit_trail(browser: Client, account: Account) -> None:
    secret = secret_on(browser.post("/webhooks/new/", NEW).text)
    made = the_one(account)
    assert secret.startswith("whsec_")
    for path in ("/webhooks/", f"/webhooks/{made.pk}/", f"/webhooks/{made.pk}/change/", "/audit/"):
        assert secret not in html.unescape(browser.get(path).text)
    with acting_in(account):
        trail = str(list(AuditEntry.objects.values())) + str(list(OutboxEvent.objects.values()))
    assert secret not in trail
    assert "sesame" not in trail
    newer = secret_on(browser.post(f"/webhooks/{made.pk}/rotate/", {"keep_hours": "24"}).text)
    assert newer != secret
    assert "signs along until" in browser.get(f"/webhooks/{made.pk}/").text


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("url", "", "required"),
        ("url", "http://10.0.0.1/x", "10.0.0.1"),
        ("url", "http://169.254.169.254/latest", "169.254"),
        ("url", "file:///etc/passwd", "https://"),
        ("url", "http://user:pw@127.0.0.1/", "user name or password"),
        ("choice", "some", "at least one type"),
        ("changed_fields", "aircraft.changed status", "write it as"),
        ("changed_fields", "sync.failed: code", "does not say which fields"),
    ],
)
def test_refusals_stand_at_their_field_and_keep_what_was_typed(
    browser: Client, account: Account, field: str, value: str, says: str
) -> None:
    answer = browser.post("/webhooks/new/", NEW | {field: value})
    assert answer.status_code == 422
    assert says in html.unescape(answer.text)
    assert 'value="Dispatch"' in answer.text
    with acting_in(account):
        assert not Endpoint.objects.exists()


def test_changing_and_its_form(browser: Client, account: Account, endpoint: Endpoint) -> None:
    types = ["defect.reported", "flight.recorded"]
    browser.post(
        f"/webhooks/{endpoint.pk}/change/", NEW | {"choice": "some", "event_types": types, "strict_order": "on"}
    )
    changed = the_one(account)
    assert (changed.event_types, changed.strict_order) == (types, True)
    page = browser.get(f"/webhooks/{endpoint.pk}/change/").text
    assert re.search(r'value="defect.reported"[^>]*checked', page)


def test_an_application_is_told_only_what_its_scopes_let_it_read(browser: Client, account: Account) -> None:
    with acting_in(account):
        made = create_application(name="Portal", scopes=["defects_read"], acting_user=SYSTEM).application
    page = browser.get(f"/webhooks/new/?application={made.pk}").text
    assert 'value="defect.reported"' in page
    assert 'value="flight.recorded"' not in page
    sneaky = NEW | {"choice": "some", "event_types": ["member.joined"]}
    assert browser.post(f"/webhooks/new/?application={made.pk}", sneaky).status_code == 422
    browser.post(f"/webhooks/new/?application={made.pk}", NEW)
    assert the_one(account).application_id == made.pk


def test_a_delivery_opens_with_its_attempts(browser: Client, delivered: Delivery) -> None:
    page = browser.get(f"/webhooks/{delivered.endpoint_id}/").text
    assert "defect.reported" in page
    assert "500 refused" in page
    page = browser.get(f"/webhooks/deliveries/{delivered.pk}/").text
    assert str(delivered.event_id) in page
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert "sesame" not in page
    body = json.loads(html.unescape(re.search(r'<code id="body">(.*?)</code>', page, re.DOTALL)[1]))  # type: ignore[index]
    assert body["type"] == "defect.reported"


def test_sending_again(browser: Client, account: Account, delivered: Delivery) -> None:
    browser.post(f"/webhooks/deliveries/{delivered.pk}/replay/")
    with acting_in(account):
        assert Delivery.objects.get().replays == 1
    form = {"since_0": "2020-01-01", "since_1": "00:00", "which": "all"}
    answer = browser.post(f"/webhooks/{delivered.endpoint_id}/replay/", form, follow=True)
    assert "1 delivery is on the way" in answer.text
    late = browser.post(f"/webhooks/{delivered.endpoint_id}/replay/", form | {"since_0": "2999-01-01"})
    assert late.status_code == 422


def test_pause_resume_test_delete(browser: Client, account: Account, endpoint: Endpoint) -> None:
    base = f"/webhooks/{endpoint.pk}/"
    assert "on its way" in browser.post(f"{base}test/", follow=True).text
    browser.post(f"{base}pause/")
    assert the_one(account).state == "paused"
    assert browser.post(f"{base}test/").status_code == 422
    browser.post(f"{base}resume/", {"replay": "yes"})
    assert the_one(account).state == "active"
    with acting_in(account):
        stop_endpoint(endpoint, StopCode.DEAD)
    assert "Stopped" in browser.get(base).text
    assert "somebody has to look" in browser.get("/webhooks/").text
    assert "cannot be undone" in browser.get(f"{base}delete/").text
    with acting_in(account):
        assert Endpoint.objects.exists(), "looking does nothing"
    browser.post(f"{base}delete/")
    with acting_in(account):
        assert not Endpoint.objects.exists()


def test_pages_of_another_account_do_not_exist(endpoint: Endpoint, delivered: Delivery, other_account: Account) -> None:
    with acting_in(other_account):
        Role.objects.create(account=other_account, name="Administrator", is_administrator=True)
    stranger = sign_in(add_member(other_account, "other@example.com", "Administrator"))
    for verb in ("", "change/", "rotate/", "resume/", "replay/", "delete/"):
        assert stranger.get(f"/webhooks/{endpoint.pk}/{verb}").status_code == 404
    for verb in ("test/", "pause/"):
        assert stranger.post(f"/webhooks/{endpoint.pk}/{verb}").status_code == 404
    assert stranger.get(f"/webhooks/deliveries/{delivered.pk}/").status_code == 404
    assert stranger.post(f"/webhooks/deliveries/{delivered.pk}/replay/").status_code == 404


def test_who_may_look_may_not_touch(account: Account, endpoint: Endpoint, delivered: Delivery) -> None:
    viewer = sign_in(make_member(account, "webhooks.view", email="viewer@example.com"))
    page = viewer.get(f"/webhooks/{endpoint.pk}/").text
    assert "Send test" not in page
    for verb in ("change/", "rotate/", "resume/", "replay/", "delete/"):
        assert viewer.get(f"/webhooks/{endpoint.pk}/{verb}").status_code == 403
    for path in (f"/webhooks/{endpoint.pk}/test/", f"/webhooks/deliveries/{delivered.pk}/replay/"):
        assert viewer.post(path).status_code == 403
    assert viewer.get("/webhooks/incoming/").status_code == 403


def test_without_the_right_there_is_neither_entry_nor_page(reader: Client, endpoint: Endpoint) -> None:
    assert 'href="/webhooks/"' not in reader.get("/").text
    assert reader.get("/webhooks/").status_code == 403
    assert reader.get("/webhooks/events/").status_code == 200, "the catalogue holds nothing of the account"


def test_the_list_costs_the_same_for_many(
    browser: Client, account: Account, django_assert_max_num_queries: Any
) -> None:
    with acting_in(account):
        for number in range(25):
            create_endpoint(url=f"http://127.0.0.1:9009/{number}", acting_user=SYSTEM)
    with django_assert_max_num_queries(16):
        assert browser.get("/webhooks/").text.count("/webhooks/") > 25


def test_incoming_addresses(browser: Client, account: Account) -> None:
    connection = make_connection(account)
    assert "Not set up" in browser.get("/webhooks/incoming/").text
    path = f"/webhooks/incoming/{connection.pk}/"
    assert "Nothing is taken yet" in browser.get(path).text
    page = browser.post(f"{path}issue/").text
    secret = secret_on(page)
    url = re.search(r'<code id="url"[^>]*>([^<]+)<', page)[1]  # type: ignore[index]
    assert url.startswith("http://demo.localhost:8000/hooks/")
    shown = browser.get(path).text
    assert url in shown
    assert secret not in html.unescape(shown)
    refused = browser.post(path, {"secret": "short"})
    assert refused.status_code == 422
    assert "8 to 500" in refused.text
    browser.post(path, {"secret": "the-partners-own-secret"})
    browser.post(f"{path}renew/")
    assert url not in browser.get(path).text
    assert browser.get(f"/webhooks/incoming/{UUID(int=1)}/").status_code == 404


def test_every_page_can_be_used_without_seeing_it(
    browser: Client, account: Account, endpoint: Endpoint, delivered: Delivery
) -> None:
    connection = make_connection(account)
    base = f"/webhooks/{endpoint.pk}/"
    paths = [
        "/webhooks/", "/webhooks/new/", "/webhooks/events/", base, f"{base}change/", f"{base}rotate/", f"{base}resume/",
        f"{base}replay/", f"{base}delete/", f"/webhooks/deliveries/{delivered.pk}/", "/webhooks/incoming/",
        f"/webhooks/incoming/{connection.pk}/",
    ]  # fmt: skip
    for path in paths:
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert problems_of(answer.text) == [], path
    assert problems_of(browser.post("/webhooks/new/", NEW).text) == []
    assert problems_of(browser.post(f"/webhooks/incoming/{connection.pk}/issue/").text) == []
