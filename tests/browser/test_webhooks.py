"""Webhooks in a real browser: add one, see its secret, send a test, look at its log; nothing sticks out on a phone."""

from collections.abc import Iterator

import pytest

from hangarlink.integration.webhooks.actions import create_endpoint, stop_endpoint
from hangarlink.integration.webhooks.models import Delivery, Endpoint
from hangarlink.integration.webhooks.vocabulary import StopCode
from hangarlink.platform.people.models import Membership
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.browser.conftest import Arrive
from tests.integration.webhooks.conftest import pump, report_defects
from tests.integration.webhooks.receiver import Answer, Receiver
from tests.web.inbound.test_receiving import make_connection


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    made = Receiver()
    yield made
    made.stop()


def test_adding_an_endpoint_and_sending_a_test(
    arrive: Arrive, chief: Membership, skyline: Account, receiver: Receiver
) -> None:
    page = arrive(chief).open("/webhooks/")
    page.get_by_role("link", name="Add the first endpoint").click()
    address = receiver.url("/a/long/path/with/a/key/0123456789abcdef0123456789abcdef")
    page.get_by_role("textbox", name="Address").fill(address)
    page.get_by_label("Description").fill("Dispatch system of Skyline Flight School and Charter Operations ApS")
    page.get_by_role("button", name="Add the endpoint").click()
    assert page.locator("#secret").inner_text().startswith("whsec_")
    page.get_by_role("link", name="I have kept it").click()
    page.get_by_role("button", name="Send test").click()
    page.get_by_text("A test event is on its way").wait_for()
    pump(skyline)
    page.reload()
    page.locator("td code", has_text="webhook_endpoint.tested").first.wait_for()
    assert [message.body["type"] for message in receiver.messages].count("webhook_endpoint.tested") == 1


def test_pictures(arrive: Arrive, chief: Membership, skyline: Account, receiver: Receiver) -> None:
    receiver.behave = lambda message: Answer(
        500 if message.path == "/failing" else 200, b'{"error": "the database of the receiver is full"}'
    )
    with acting_in(skyline):
        for name in ("/dispatch", "/failing", "/stopped"):
            create_endpoint(
                url=receiver.url(name), description=name[1:].capitalize(), strict_order=name == "/stopped",
                event_types=["defect.reported", "aircraft.changed"], acting_user=SYSTEM,
                changed_fields={"aircraft.changed": ["location", "status"]} if name == "/dispatch" else {},
            )  # fmt: skip
        report_defects(12)
    pump(skyline)
    with acting_in(skyline):
        stop_endpoint(Endpoint.objects.get(description="Stopped"), StopCode.BLOCKED)
        failing = Endpoint.objects.get(description="Failing")
        delivery = Delivery.objects.filter(endpoint=failing).first()
        assert delivery is not None
    connection = make_connection(skyline)
    visitor = arrive(chief)
    pages = {
        "webhooks": "/webhooks/",
        "webhook-new": "/webhooks/new/",
        "webhook-endpoint": f"/webhooks/{failing.pk}/",
        "webhook-delivery": f"/webhooks/deliveries/{delivery.pk}/",
        "webhook-resume": f"/webhooks/{failing.pk}/replay/",
        "webhook-events": "/webhooks/events/",
        "webhook-incoming": "/webhooks/incoming/",
        "webhook-address": f"/webhooks/incoming/{connection.pk}/",
    }
    for name, path in pages.items():
        visitor.page.set_viewport_size({"width": 390, "height": 844})
        visitor.open(path)
        assert visitor.sticking_out() == [], path
        visitor.pictures(name)
