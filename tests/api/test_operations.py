"""Customers, trips, invoices, payments and expenses through the API."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hangarlink.fleet.models import Aircraft, AircraftModel
from hangarlink.integration.synclog.models import SyncRun
from hangarlink.operations.billing.actions import add_usual_categories
from hangarlink.operations.billing.models import Expense, Invoice, Payment
from hangarlink.operations.customers.models import Customer
from hangarlink.operations.trips.models import Trip
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.api.conftest import Api, make_application, refused, told

NOW = datetime.now(UTC).replace(microsecond=0)
TODAY = f"{NOW.date()}"
NOBODY = "0197379e-0a5e-7b61-8c32-9d1f2e3a4b55"


@pytest.fixture
def aircraft(account: Account) -> Aircraft:
    with acting_in(account):
        add_usual_categories(acting_user=SYSTEM)
        model = AircraftModel.objects.create(account=account, name="PC-12")
        return Aircraft.objects.create(account=account, registration="OY-PCT", call_sign="SKA", aircraft_model=model)


@pytest.fixture
def customer(api: Api, aircraft: Aircraft) -> str:
    return str(told(api.post("/customers", {"customer": {"name": "Nordlys"}}))["customer"]["id"])


def leg(hours: float = 3, **more: Any) -> dict[str, Any]:
    off = NOW - timedelta(hours=hours)
    times = {"off_at": off.isoformat(), "on_at": (off + timedelta(hours=1)).isoformat()}
    return {"departure": "EKRK", "arrival": "EKBI", **times, **more}


def invoice(customer: str, **more: Any) -> dict[str, Any]:
    lines = [{"description": "Flight", "quantity": "1.08", "unit_price": 1850.5, "category": "charter"}]
    return {"invoice": {"customer_id": customer, "lines": lines, **more}}


def expense(**more: Any) -> dict[str, Any]:
    lines = [{"category": "fuel", "amount": "5200.50"}]
    values = {"vendor": "Shell", "spent_on": TODAY, "currency": "DKK", "lines": lines, **more}
    return {"expense": {name: value for name, value in values.items() if value is not ...}}


def made(api: Api, path: str, body: Any, name: str) -> dict[str, Any]:
    response = api.post(path, body)
    assert response.status_code == 201, response.content
    assert told(response)["result"] == "created"
    found: dict[str, Any] = told(response)[name]
    return found


def test_a_customer(api: Api, account: Account) -> None:
    given = {"name": "Ann Berg", "country": "dk", "payment_days": 30, "is_active": False}
    one = made(api, "/customers", {"customer": given}, "customer")
    assert (one["number"], one["country"], one["is_active"], one["version"]) == (1, "DK", False, 2)
    assert told(api.get(f"/customers/{one['id']}")) == {"customer": one}
    assert told(api.get("/customers")) == {"total": 1, "next_cursor": None, "customers": [one]}
    changed = told(api.patch(f"/customers/{one['id']}", {"customer": {"is_active": True, "phone": "1"}}))
    assert (changed["result"], changed["customer"]["is_active"], changed["customer"]["version"]) == ("updated", True, 4)
    # What was read can be sent back.
    assert told(api.patch(f"/customers/{one['id']}", {"customer": changed["customer"]}))["result"] == "unchanged"
    with acting_in(account):
        assert "Berg" not in str(list(SyncRun.objects.values()))


def test_a_trip_and_its_steps(api: Api, customer: str) -> None:
    body = {"trip": {"customer_id": customer, "aircraft": "SKA", "legs": [leg(6), leg(3, passengers=2)]}}
    one = made(api, "/trips", body, "trip")
    assert (one["status"], one["kind"], one["aircraft"]["registration"]) == ("planned", "charter", "OY-PCT")
    assert [leg_["block_seconds"] for leg_ in one["legs"]] == [3600, 3600]
    assert told(api.get("/trips"))["trips"] == [one]
    path = f"/trips/{one['id']}"
    assert told(api.patch(path, {"trip": {"status": "confirmed"}}))["trip"]["status"] == "confirmed"
    same = told(api.patch(path, {"trip": {"legs": one["legs"], "status": "confirmed"}}))
    assert same["result"] == "unchanged"
    other = made(api, "/trips", {"trip": {"aircraft": "SKA", "legs": [leg(6.5)]}}, "trip")
    text = refused(api.patch(f"/trips/{other['id']}", {"trip": {"status": "confirmed"}}), 422, "sync_failed")
    assert text.startswith("trip.aircraft: The aircraft is booked: trip 1")
    assert "trip.reason" in refused(api.patch(path, {"trip": {"status": "cancelled"}}), 422, "sync_failed")
    done = told(api.patch(path, {"trip": {"status": "completed", "note": "As planned"}}))["trip"]
    assert (done["status"], done["note"]) == ("completed", "As planned")
    assert "stays as it is" in refused(api.patch(path, {"trip": {"note": "x"}}), 422, "sync_failed")


def test_an_invoice_is_drafted_issued_paid_reversed_voided(api: Api, customer: str) -> None:
    one = made(api, "/invoices", invoice(customer), "invoice")
    assert (one["status"], one["number"], one["total"], one["balance"]) == ("draft", None, "1998.54", "0.00")
    assert one["lines"] == [
        {
            "description": "Flight",
            "quantity": "1.08",
            "unit_price": "1850.50",
            "amount": "1998.54",
            "category": "charter",
        }
    ]
    path = f"/invoices/{one['id']}"
    lines = [{"description": "Flight", "unit_price": "100"}, {"description": "Discount", "unit_price": "-5.5"}]
    assert told(api.patch(path, {"invoice": {"lines": lines, "memo": "Thanks"}}))["invoice"]["total"] == "94.50"
    done = told(api.post(f"{path}/issue", {"invoice": {}}))["invoice"]
    assert (done["status"], done["number"], done["balance"], done["issued_on"]) == ("issued", 1, "94.50", TODAY)
    assert "stays as it was issued" in refused(api.patch(path, {"invoice": {"memo": "x"}}), 422, "sync_failed")
    pay = {"customer_id": customer, "amount": "100", "received_on": TODAY}
    assert "payment.amount: The payment is 5.50 EUR more" in refused(
        api.post("/payments", {"payment": pay}), 422, "sync_failed"
    )
    payment = made(api, "/payments", {"payment": {**pay, "keep_credit": True}}, "payment")
    assert (payment["credit"], payment["invoices"]) == ("5.50", [{"id": one["id"], "number": 1, "amount": "94.50"}])
    assert told(api.get(path))["invoice"]["status"] == "paid"
    assert "is paid on this invoice" in refused(
        api.post(f"{path}/void", {"invoice": {"reason": "x"}}), 422, "sync_failed"
    )
    back = told(api.post(f"/payments/{payment['id']}/reverse", {"payment": {"reason": "Bounced"}}))["payment"]
    assert (back["is_reversed"], back["credit"]) == (True, "0.00")
    void = told(api.post(f"{path}/void", {"invoice": {"reason": "Wrong"}}))["invoice"]
    assert (void["status"], void["number"], void["balance"]) == ("void", 1, "0.00")


def test_credit_is_used_later(api: Api, customer: str) -> None:
    pay = {"customer_id": customer, "amount": "100", "received_on": TODAY, "keep_credit": True}
    path = f"/payments/{made(api, '/payments', {'payment': pay}, 'payment')['id']}/use"
    one = made(api, "/invoices", invoice(customer, lines=[{"description": "x", "unit_price": 60}]), "invoice")["id"]
    parts = {"payment": {"invoices": [{"id": one, "amount": 60}]}}
    assert "payment.invoices[0]: Draft invoice is draft" in refused(api.post(path, parts), 422, "sync_failed")
    api.post(f"/invoices/{one}/issue", {"invoice": {}})
    more = {"payment": {"invoices": [{"id": one, "amount": 61}]}}
    assert "more than the 60.00 EUR owed" in refused(api.post(path, more), 422, "sync_failed")
    assert told(api.post(path, parts))["payment"]["credit"] == "40.00"
    assert told(api.get(f"/invoices/{one}"))["invoice"]["status"] == "paid"
    assert "payment.invoices: missing" in refused(api.post(path, {"payment": {}}), 422, "sync_failed")


def test_an_expense(api: Api, customer: str) -> None:
    one = made(api, "/expenses", expense(aircraft="OY-PCT"), "expense")
    assert (one["total"], one["aircraft"]["call_sign"], one["number"]) == ("5200.50", "SKA", 1)
    path = f"/expenses/{one['id']}"
    changed = told(api.patch(path, {"expense": {"aircraft": None, "lines": [{"category": "handling", "amount": 1}]}}))
    assert (changed["result"], changed["expense"]["total"], changed["expense"]["aircraft"]) == ("updated", "1.00", None)
    assert told(api.patch(path, {"expense": {"vendor": "Shell"}}))["result"] == "unchanged"
    assert told(api.post(f"{path}/void", {"expense": {"reason": "Twice"}}))["expense"]["is_void"]
    assert told(api.get("/cost_categories"))["total"] == 15


def test_a_repeated_request_with_its_key_is_done_once(api: Api, customer: str, account: Account) -> None:
    pay = {"customer_id": customer, "amount": "100", "received_on": TODAY, "keep_credit": True}
    for path, body in (
        ("/customers", {"customer": {"name": "Twice"}}),
        ("/trips", {"trip": {}}),
        ("/invoices", invoice(customer)),
        ("/payments", {"payment": pay}),
        ("/expenses", expense()),
    ):
        first, again = (api.post(path, body, **{"Idempotency-Key": f"k{path}"}) for _ in range(2))
        assert (first.status_code, again.content) == (201, first.content), first.content
    with acting_in(account):
        assert [kind.objects.count() for kind in (Customer, Trip, Invoice, Payment, Expense)] == [2, 1, 1, 1, 1]


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("/customers", {"customer": {}}, "customer.name: missing"),
        ("/customers", {"customer": {"name": "x", "email": "x"}}, "customer.email: 'x' is not an e-mail address"),
        ("/customers", {"customer": {"name": None}}, "customer.name"),
        ("/customers", {"customer": {"name": "x", "vip": True}}, "customer.vip: no such field"),
        ("/customers", {"name": "x"}, 'under a top-level "customer" object'),
        ("/trips", {"trip": {"customer_id": NOBODY}}, "trip.customer_id: There is no customer with the id"),
        ("/trips", {"trip": {"aircraft": "OY-XXX"}}, "trip.aircraft: No aircraft of this account"),
        ("/trips", {"trip": {"status": "completed"}}, "trip.status"),
        ("/trips", {"trip": {"legs": [leg(), leg(2.5)]}}, "trip.legs[1].off_at: The leg off block"),
        ("/trips", {"trip": {"legs": [{**leg(), "off_at": "08:00"}]}}, "trip.legs[0].off_at: '08:00' is not a moment"),
        ("/trips", {"trip": {"kind": "joyride"}}, "trip.kind"),
        ("/invoices", invoice(NOBODY), "invoice.customer_id: There is no customer"),
        ("/invoices", invoice("me", currency="EURO"), "invoice.currency"),
        ("/invoices", invoice("me", currency="XXX"), "invoice.currency: 'XXX' is not a currency"),
        ("/invoices", invoice("me", lines=[{"description": "x", "unit_price": "1.005"}]), "lines[0].unit_price: 1.005"),
        ("/invoices", invoice("me", lines=[{"description": "x", "unit_price": True}]), "lines[0].unit_price: True"),
        ("/invoices", invoice("me", lines=[{"description": "x", "unit_price": 1, "quantity": 0}]), "lines[0].quantity"),
        ("/invoices", invoice("me", lines=[{"description": "x", "unit_price": 1, "quantity": "a"}]), "is not a number"),
        (
            "/invoices",
            invoice("me", lines=[{"description": "x", "unit_price": 1, "category": "beer"}]),
            "invoice.lines[0].category: There is no such category",
        ),
        (
            "/invoices",
            invoice("me", lines=[{"description": "x", "unit_price": 1, "category": "fuel"}]),
            "invoice.lines[0].category: Fuel is a category for expenses",
        ),
        ("/payments", {"payment": {"customer_id": "me", "amount": 0, "received_on": TODAY}}, "payment.amount"),
        (
            "/payments",
            {"payment": {"customer_id": "me", "amount": 1, "received_on": "2099-01-01"}},
            "payment.received_on: 2099-01-01 lies in the future",
        ),
        (
            "/payments",
            {
                "payment": {
                    "customer_id": "me",
                    "amount": 1,
                    "received_on": TODAY,
                    "invoices": [{"id": NOBODY, "amount": 1}],
                }
            },
            "payment.invoices[0].id: There is no such invoice",
        ),
        ("/expenses", expense(lines=[]), "expense.lines"),
        ("/expenses", expense(lines=[{"category": "charter", "amount": 1}]), "expense.lines[0].category: Charter is"),
        ("/expenses", expense(spent_on=...), "expense.spent_on: missing"),
        ("/expenses", expense(trip_id=NOBODY), "expense.trip_id: There is no trip"),
    ],
    ids=lambda value: str(value)[:50],
)
def test_bad_input_is_refused_with_its_place(api: Api, customer: str, path: str, body: Any, words: str) -> None:
    for record in body.values():
        if isinstance(record, dict) and record.get("customer_id") == "me":
            body = {next(iter(body)): {**record, "customer_id": customer}}
    assert words in refused(api.post(path, body), 422, "sync_failed")


def test_an_account_does_not_see_the_other(
    api: Api, customer: str, other_account: Account, api_with: Callable[..., Api]
) -> None:
    trip = made(api, "/trips", {"trip": {"legs": [leg()]}}, "trip")["id"]
    bill = made(api, "/invoices", invoice(customer), "invoice")["id"]
    spent = made(api, "/expenses", expense(), "expense")["id"]
    paid = made(
        api,
        "/payments",
        {"payment": {"customer_id": customer, "amount": 1, "received_on": TODAY, "keep_credit": True}},
        "payment",
    )["id"]
    foreign = make_application(other_account, name="Foreign")
    for path in (
        f"/customers/{customer}", f"/trips/{trip}", f"/invoices/{bill}", f"/expenses/{spent}", f"/payments/{paid}",
    ):  # fmt: skip
        refused(foreign.get(path), 404, "not_found")
    for path, body in (
        (f"/invoices/{bill}/issue", {"invoice": {}}), (f"/invoices/{bill}/void", {"invoice": {"reason": "x"}}),
        (f"/payments/{paid}/reverse", {"payment": {"reason": "x"}}),
        (f"/expenses/{spent}/void", {"expense": {"reason": "x"}}),
    ):  # fmt: skip
        refused(foreign.post(path, body), 404, "not_found")
    for path, body in ((f"/customers/{customer}", {"customer": {}}), (f"/trips/{trip}", {"trip": {}})):
        refused(foreign.patch(path, body), 404, "not_found")
    assert "There is no customer" in refused(foreign.post("/invoices", invoice(customer)), 422, "sync_failed")
    for path in ("customers", "trips", "invoices", "payments", "expenses", "cost_categories"):
        assert told(foreign.get(f"/{path}"))["total"] == 0


def test_drafting_is_not_issuing(api: Api, customer: str, api_with: Callable[..., Api]) -> None:
    writer = api_with("billing_read", "billing_write")
    one = made(writer, "/invoices", invoice(customer), "invoice")
    path = f"/invoices/{one['id']}"
    assert "billing_issue" in refused(writer.post(f"{path}/issue", {"invoice": {}}), 403, "insufficient_scope")
    issuer = api_with("billing_issue")
    assert "billing.manage" in refused(
        issuer.post(f"{path}/void", {"invoice": {"reason": "x"}}), 403, "insufficient_scope"
    )
    assert told(issuer.post(f"{path}/issue", {"invoice": {}}))["invoice"]["number"] == 1


def test_lists_page_and_cost_the_same_for_many(api: Api, customer: str, django_assert_max_num_queries: Any) -> None:
    costs = []
    for rows in (1, 5):
        for _ in range(rows):
            made(api, "/customers", {"customer": {"name": "More"}}, "customer")
            made(api, "/trips", {"trip": {"customer_id": customer, "aircraft": "SKA", "legs": [leg()]}}, "trip")
            one = made(api, "/invoices", invoice(customer), "invoice")
            api.post(f"/invoices/{one['id']}/issue", {"invoice": {}})
            pay = {"customer_id": customer, "amount": 5000, "received_on": TODAY, "keep_credit": True}
            made(api, "/payments", {"payment": pay}, "payment")
            made(api, "/expenses", expense(aircraft="SKA"), "expense")
        costs.append([])
        for path in ("customers", "trips", "invoices", "payments", "expenses", "cost_categories"):
            with django_assert_max_num_queries(25) as seen:
                assert api.get(f"/{path}").status_code == 200
            costs[-1].append(len(seen))
    assert costs[0] == costs[1]
    seen_ids, cursor = [], ""
    for _ in range(10):
        body = told(api.get(f"/invoices?per_page=2{cursor}"))
        seen_ids += [row["id"] for row in body["invoices"]]
        if body["next_cursor"] is None:
            break
        cursor = f"&cursor={body['next_cursor']}"
    assert len(seen_ids) == len(set(seen_ids)) == 6
