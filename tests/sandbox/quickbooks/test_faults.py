"""Every fault does what it says, as often as it was asked to; throttling; the journal; the controls; webhooks."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import httpx2
import pytest

from hangarlink.sandbox.quickbooks import (
    CLIENT_ID,
    CLIENT_SECRET,
    UNLIMITED,
    VERIFIER_TOKEN,
    Company,
    Faults,
    Limits,
    QuickBooksApp,
    signature,
)
from hangarlink.sandbox.quickbooks.faults import KINDS
from hangarlink.sandbox.server import Served
from tests.sandbox.quickbooks.conftest import Client

ALL = "select * from Customer"


def answer(status: int, text: str, **headers: str | None) -> Callable[[httpx2.Response], None]:
    def check(response: httpx2.Response) -> None:
        assert response.status_code == status
        assert text in response.text
        for name, value in headers.items():
            assert response.headers.get(name.replace("_", "-")) == value

    return check


def cut_off(response: httpx2.Response) -> None:
    assert response.status_code == 200
    with pytest.raises(json.JSONDecodeError):
        response.json()


def names(response: httpx2.Response) -> list[str]:
    return [one["DisplayName"] for one in response.json()["QueryResponse"]["Customer"]]


def twice(response: httpx2.Response) -> None:
    assert len(names(response)) == 2 * len(set(names(response)))


def mixed(response: httpx2.Response) -> None:
    assert names(response) != sorted(names(response))


def one_wrong(response: httpx2.Response) -> None:
    assert [one["Id"] for one in response.json()["QueryResponse"]["Customer"]].count(False) == 1


def huge(response: httpx2.Response) -> None:
    assert len(response.content) > 2 * 1024 * 1024


REPLIES: list[tuple[str, dict[str, Any], Callable[[httpx2.Response], None]]] = [
    ("unauthorized", {}, answer(401, "AuthenticationFailed")),
    ("rate_limited", {}, answer(429, "ThrottleExceeded", Retry_After=None)),
    ("rate_limited", {"retry_after": 7}, answer(429, "ThrottleExceeded", Retry_After="7")),
    ("server_error", {"status": 502}, answer(502, "application error")),
    ("fault_in_200", {}, answer(200, "Fault")),
    ("subscription_ended", {}, answer(403, "6190")),
    ("html", {}, answer(200, "<!doctype html>")),
    ("redirect", {"location": "http://127.0.0.1:9/x"}, answer(302, "", Location="http://127.0.0.1:9/x")),
    ("error_after_effect", {"status": 500}, answer(500, "application error")),
    ("malformed_json", {}, cut_off),
    ("oversized", {"megabytes": 2}, huge),
    ("duplicates", {}, twice),
    ("disorder", {}, mixed),
    ("wrong_types", {"key": "Id", "value": False}, one_wrong),
]


@pytest.mark.parametrize(("kind", "options", "check"), REPLIES)
def test_a_spoilt_reply_then_a_good_one(
    quickbooks: Client, kind: str, options: dict[str, Any], check: Callable[[httpx2.Response], None]
) -> None:
    good = quickbooks.call("GET", "query", query=ALL)
    quickbooks.app.faults.add(kind, times=2, **options)
    check(quickbooks.call("GET", "query", query=ALL))
    check(quickbooks.call("GET", "query", query=ALL))
    assert quickbooks.call("GET", "query", query=ALL).json() == good.json()


def test_every_fault_is_tried_in_this_file() -> None:
    tried = {kind for kind, _, _ in REPLIES}
    others = {"expired_token", "refused_refresh", "dropped", "lost_response", "slow", "somebody_else"}
    assert tried | others == set(KINDS)


@pytest.mark.parametrize(("kind", "made"), [("dropped", False), ("lost_response", True), ("error_after_effect", True)])
def test_before_or_after_the_effect(quickbooks: Client, kind: str, made: bool) -> None:
    quickbooks.app.faults.add(kind, operation="create", entity="Invoice")
    if kind == "error_after_effect":
        assert quickbooks.call("POST", "invoice", json=quickbooks.invoice()).status_code == 503
    else:
        with pytest.raises(httpx2.RemoteProtocolError):
            quickbooks.call("POST", "invoice", json=quickbooks.invoice())
    assert bool(quickbooks.query("select * from Invoice where DocNumber = 'HL-1'")) is made


def test_an_expired_token_is_good_again_after_a_refresh(quickbooks: Client) -> None:
    quickbooks.app.faults.add("expired_token")
    assert [quickbooks.call("GET", "companyinfo/1").status_code for _ in range(2)] == [401, 401]
    quickbooks.tokens = quickbooks.refresh().json()
    assert quickbooks.call("GET", "companyinfo/1").status_code == 200


def test_a_refused_refresh_concerns_the_token_endpoint_only(quickbooks: Client) -> None:
    quickbooks.app.faults.add("refused_refresh")
    assert quickbooks.call("GET", "companyinfo/1").status_code == 200
    assert quickbooks.refresh().json()["error"] == "invalid_grant"
    assert quickbooks.refresh().status_code == 200, "the token itself was not used up"


def test_a_lost_answer_of_a_refresh_has_used_the_token_up(quickbooks: Client) -> None:
    quickbooks.app.faults.add("lost_response", operation="token")
    with pytest.raises(httpx2.RemoteProtocolError):
        quickbooks.refresh()
    assert quickbooks.refresh().json()["error"] == "invalid_grant"


def test_somebody_else_saves_first(quickbooks: Client) -> None:
    invoice = quickbooks.made()
    quickbooks.app.faults.add("somebody_else", operation="update")
    change = {"Id": invoice["Id"], "SyncToken": "0", "sparse": True, "DueDate": "2026-12-01"}
    assert quickbooks.fault("POST", "invoice", json=change)["code"] == "5010"


def test_a_patient_client_gets_its_answer_an_impatient_one_a_time_out(quickbooks: Client) -> None:
    quickbooks.app.faults.add("slow", seconds=0.02)
    assert quickbooks.call("GET", "companyinfo/1").status_code == 200
    quickbooks.app.faults.add("slow", seconds=5)
    quickbooks.http.timeout = httpx2.Timeout(0.1)
    with pytest.raises(httpx2.ReadTimeout):
        quickbooks.call("GET", "companyinfo/1")


def test_faults_can_be_aimed_delayed_and_cleared(quickbooks: Client) -> None:
    faults = quickbooks.app.faults
    faults.add("server_error", operation="create", entity="Customer")
    faults.add("server_error", operation="query", skip=1)
    assert quickbooks.call("POST", "invoice", json=quickbooks.invoice()).status_code == 200
    assert quickbooks.call("POST", "customer", json={"DisplayName": "A"}).status_code == 503
    assert [quickbooks.call("GET", "query", query=ALL).status_code for _ in range(3)] == [200, 503, 200]
    faults.add("rate_limited", times=None)
    faults.clear()
    assert quickbooks.call("GET", "companyinfo/1").status_code == 200


def test_unknown_faults_and_options_are_named() -> None:
    with pytest.raises(ValueError, match="no fault 'gremlin'"):
        Faults().add("gremlin")
    with pytest.raises(ValueError, match="a fault has no retries"):
        Faults().add("slow", retries=1)


def test_calls_are_counted_per_company(company: Company) -> None:
    clock = [0.0]
    app = QuickBooksApp(company, limits=Limits(calls_per_second=3, calls_per_minute=5), ticks=lambda: clock[0])
    with Served(app) as served:
        client = Client(served).connect()
        assert [client.call("GET", "companyinfo/1").status_code for _ in range(4)] == [200, 200, 200, 429]
        clock[0] = 1.5
        assert [client.call("GET", "companyinfo/1").status_code for _ in range(3)] == [200, 200, 429]
        clock[0] = 61.6
        assert client.call("GET", "companyinfo/1").status_code == 200


def test_the_journal_tells_what_was_asked_but_no_token(quickbooks: Client) -> None:
    quickbooks.made("HL-1", requestid="key-1")
    quickbooks.refresh()
    shown = quickbooks.control("requests", "GET")["requests"]
    created = next(one for one in shown if one["operation"] == "create")
    assert (created["entity"], created["request_id"], created["minor_version"]) == ("Invoice", "key-1", "75")
    assert created["body"]["DocNumber"] == "HL-1"
    text = json.dumps(shown)
    for secret in (quickbooks.tokens["access_token"], quickbooks.tokens["refresh_token"]):
        assert secret not in text


def test_control_over_http(quickbooks: Client) -> None:
    quickbooks.made("HL-1")
    paid = quickbooks.control("pay", number="HL-1", amount=40.5, reference="R1")
    assert (paid["TotalAmt"], paid["UnappliedAmt"]) == (40.5, 0)
    added = quickbooks.control("add", entity="Customer", fields={"DisplayName": "New Air"})
    edited = quickbooks.control("edit", entity="Customer", id=added["Id"], fields={"Notes": "hi"})
    assert edited["SyncToken"] == "1"
    assert quickbooks.control("delete", entity="Customer", id=added["Id"])["Active"] is False
    quickbooks.control("expire", tokens="access")
    assert quickbooks.call("GET", "companyinfo/1").status_code == 401
    world = quickbooks.control("world", "GET")["companies"][0]
    assert world["latest_invoices"][-1]["Balance"] == 59.5
    assert quickbooks.control("faults", kind="slow")["faults"][0]["kind"] == "slow"
    assert quickbooks.control("faults", "DELETE") == {"faults": []}


@pytest.mark.parametrize(
    ("what", "body", "complaint"),
    [
        ("faults", {"kind": "gremlin"}, "no fault 'gremlin'"),
        ("pay", {}, "number"),
        ("pay", {"number": "none"}, "no Invoice"),
        ("edit", {"entity": "Invoice", "id": "9999", "fields": {}}, "Object Not Found"),
        ("add", {"entity": "Dog", "fields": {}}, "Dog"),
        ("expire", {"tokens": "all"}, "all"),
        ("webhooks", {"url": "gopher://x"}, "http://"),
        ("add", {"entity": "Vendor", "fields": {}, "realm_id": "1"}, "no company 1"),
    ],
)
def test_control_says_what_it_does_not_understand(
    quickbooks: Client, what: str, body: dict[str, Any], complaint: str
) -> None:
    response = quickbooks.http.post(f"{quickbooks.served.url}/_control/{what}", json=body)
    assert (response.status_code, complaint in response.json()["message"]) == (400, True)


def test_a_web_page_of_somebody_else_cannot_work_the_controls(quickbooks: Client) -> None:
    url = f"{quickbooks.served.url}/_control/disconnect"
    assert quickbooks.http.post(url, content="{}", headers={"Content-Type": "text/plain"}).status_code == 415
    assert quickbooks.http.get(url).status_code == 405
    assert quickbooks.http.get(f"{quickbooks.served.url}/_control/tokens").status_code == 404


# --- webhooks ------------------------------------------------------------------------------------------------------


class Receiver(HTTPServer):
    """Takes what is posted to it and answers with `status`."""

    def __init__(self) -> None:
        self.got: list[tuple[bytes, str]] = []
        self.hosts: list[str] = []
        self.status = 200
        super().__init__(("127.0.0.1", 0), _Take)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/hook"

    def events(self) -> list[dict[str, Any]]:
        return [event for body, _ in self.got for event in json.loads(body)]


class _Take(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.hosts.append(self.headers["Host"])
        self.server.got.append((body, self.headers["intuit-signature"]))
        self.send_response(self.server.status)
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None: ...


@contextmanager
def receiving(client: Client) -> Iterator[Receiver]:
    receiver = Receiver()
    thread = Thread(target=receiver.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    client.app.webhooks.url, client.app.webhooks.at_once = receiver.url, False
    try:
        yield receiver
    finally:
        receiver.shutdown()
        receiver.server_close()
        thread.join(timeout=5)


def test_events_are_signed_cloud_events_that_name_and_do_not_tell(quickbooks: Client) -> None:
    with receiving(quickbooks) as receiver:
        invoice = quickbooks.made()
        quickbooks.company.pay(invoice["Id"])
        quickbooks.company.delete("Invoice", invoice["Id"])
        quickbooks.app.webhooks.deliver()
    ((body, signed),) = receiver.got
    assert signed == signature(VERIFIER_TOKEN, body)
    assert [event["type"] for event in receiver.events()] == [
        "qbo.invoice.created.v1",
        "qbo.invoice.updated.v1",
        "qbo.payment.created.v1",
        "qbo.invoice.deleted.v1",
    ]
    assert {event["intuitaccountid"] for event in receiver.events()} == {quickbooks.company.realm_id}
    assert len({event["id"] for event in receiver.events()}) == 4
    assert "100" not in {str(value) for event in receiver.events() for value in event["data"].values()}


def test_an_account_below_localhost_is_reached_without_a_resolver(quickbooks: Client) -> None:
    with receiving(quickbooks) as receiver:
        quickbooks.app.webhooks.url = receiver.url.replace("127.0.0.1", "demo.localhost")
        quickbooks.made()
        assert [one.status for one in quickbooks.app.webhooks.deliver()] == [200]
        assert receiver.hosts == [f"demo.localhost:{receiver.server_address[1]}"]


def test_what_nobody_took_is_sent_again(quickbooks: Client) -> None:
    with receiving(quickbooks) as receiver:
        receiver.status = 503
        quickbooks.made()
        assert [one.status for one in quickbooks.app.webhooks.deliver()] == [503]
        receiver.status = 200
        assert [one.status for one in quickbooks.app.webhooks.deliver()] == [200]
        assert quickbooks.app.webhooks.deliver() == []
        assert receiver.got[0][0] == receiver.got[1][0], "the same events under the same ids"


def test_duplicates_disorder_lateness_and_a_bad_signature(quickbooks: Client) -> None:
    with receiving(quickbooks) as receiver:
        hooks = quickbooks.app.webhooks
        hooks.duplicates, hooks.disorder = 1, True
        for number in range(4):
            quickbooks.made(f"HL-{number}")
        hooks.deliver()
        assert len(receiver.got) == 2
        order = [event["intuitentityid"] for event in json.loads(receiver.got[0][0])]
        assert order != sorted(order)
        hooks.duplicates, hooks.bad_signature = 0, True
        quickbooks.made("HL-9")
        hooks.deliver()
        body, signed = receiver.got[-1]
        assert signed != signature(VERIFIER_TOKEN, body)
        hooks.bad_signature = False
        again = hooks.again()
        assert again is not None
        assert receiver.got[-1][0] == body


def test_events_are_sent_at_once_unless_told_otherwise(quickbooks: Client) -> None:
    with receiving(quickbooks) as receiver:
        quickbooks.control("webhooks", url=receiver.url, at_once=True)
        quickbooks.made()
        for thread in [one for one in __import__("threading").enumerate() if one.name == "sandbox-webhooks"]:
            thread.join(timeout=5)
        assert receiver.events()
    shown = quickbooks.control("webhooks", "GET")
    assert shown["deliveries"][0]["status"] == 200
    assert VERIFIER_TOKEN not in json.dumps(shown)


def test_several_partners_on_one_address(company: Company) -> None:
    from hangarlink.sandbox.flightlogger import World
    from hangarlink.sandbox.serve import serve

    app = QuickBooksApp(company, limits=UNLIMITED)
    with serve(world=World(), beside={"quickbooks": app}) as serving:
        root = httpx2.get(f"{serving.url}/quickbooks/", trust_env=False).json()
        assert root["service"] == "QuickBooks sandbox"
        assert httpx2.get(f"{serving.url}/", trust_env=False).json()["service"] == "FlightLogger sandbox"
        found = httpx2.get(f"{serving.url}/quickbooks/.well-known/openid_sandbox_configuration", trust_env=False).json()
        assert found["issuer"] == f"{serving.url}/quickbooks"


def test_the_document_names_every_fault_and_the_values_to_enter() -> None:
    page = (Path(__file__).parents[3] / "docs/integrator/sandbox-quickbooks.md").read_text("utf-8")
    for word in (*KINDS, CLIENT_ID, CLIENT_SECRET, VERIFIER_TOKEN):
        assert f"`{word}`" in page, word
