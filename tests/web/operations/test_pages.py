"""Customers, trips and billing on pages: done as a person does it, refused where it must be, the same cost for many."""

import re
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any

import openpyxl
import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from hangarlink.fleet.models import Aircraft, AircraftModel
from hangarlink.operations.billing.actions import add_usual_categories, record_expense, record_payment
from hangarlink.operations.billing.models import CostCategory, Expense, Invoice, Payment
from hangarlink.operations.billing.queries import find_category
from hangarlink.operations.customers.actions import add_customer
from hangarlink.operations.customers.models import Customer
from hangarlink.operations.trips.actions import plan_trip
from hangarlink.operations.trips.models import Trip
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.conftest import make_member
from tests.operations.conftest import TODAY, issued, leg
from tests.web.conftest import sign_in
from tests.web.markup import problems_of

CUSTOMER = {
    "name": "Nordlys <Charter>", "company": "", "email": "post@nordlys.example", "phone": "", "street": "Havnegade 1",
    "postal_code": "1058", "city": "København", "region": "", "country": "dk", "tax_number": "", "currency": "EUR",
    "payment_days": "14", "note": "",
}  # fmt: skip
EXPENSE = {
    "vendor": "Billund Handling", "spent_on": f"{TODAY}", "currency": "DKK", "reference": "R-1", "aircraft": "",
    "trip": "", **{f"{name}_{n}": "" for n in range(4) for name in ("category", "description", "amount")},
}  # fmt: skip


def moment(name: str, at: datetime) -> dict[str, str]:
    return {f"{name}_0": f"{at:%Y-%m-%d}", f"{name}_1": f"{at:%H:%M}"}


@pytest.fixture
def customer(account: Account) -> Customer:
    with acting_in(account):
        add_usual_categories(acting_user=SYSTEM)
        return add_customer(name="Nordlys Charter", company="Nordlys Holding", city="Billund", acting_user=SYSTEM)


@pytest.fixture
def aircraft(account: Account) -> Aircraft:
    with acting_in(account):
        model = AircraftModel.objects.create(account=account, name="PC-12/47E")
        return Aircraft.objects.create(account=account, registration="OY-PCT", aircraft_model=model)


@pytest.fixture
def trip(account: Account, customer: Customer, aircraft: Aircraft) -> Trip:
    with acting_in(account):
        return plan_trip(customer=customer, aircraft=aircraft, legs=[leg(hours=6), leg(hours=3)], acting_user=SYSTEM)


def pay(account: Account, customer: Customer, amount: int = 10_000) -> Payment:
    with acting_in(account):
        return record_payment(customer=customer, amount=amount, received_on=TODAY, keep_credit=True, acting_user=SYSTEM)


def spend(account: Account) -> Expense:
    with acting_in(account):
        return record_expense(
            vendor="Shell", spent_on=TODAY, currency="DKK", acting_user=SYSTEM,
            lines=[{"category": find_category("fuel"), "amount": 5}],
        )  # fmt: skip


def test_a_customer_from_first_to_last(browser: Client, account: Account) -> None:
    page = browser.post("/customers/new/", CUSTOMER, follow=True)
    assert "Nordlys &lt;Charter&gt; is added." in page.text
    with acting_in(account):
        made = Customer.objects.get()
    url = f"/customers/{made.pk}/"
    assert "Owes nothing" in page.text
    page = browser.post(f"{url}edit/", {**CUSTOMER, "phone": "+45 12 34"}, follow=True)
    assert "+45 12 34" in page.text
    assert "<strong>Archived</strong>" in browser.post(f"{url}archive/", {"x": "1"}, follow=True).text
    assert "No customers match" in browser.get("/customers/?status=active").text
    assert "<strong>Archived</strong>" not in browser.post(f"{url}archive/", {"x": "1"}, follow=True).text


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"name": ""}, "name", "required"),
        ({"email": "post@"}, "email", "is not an e-mail address"),
        ({"country": "D1"}, "country", "two letters"),
        ({"currency": "EUX"}, "currency", "ISO 4217"),
        ({"payment_days": "400"}, "payment_days", "0 (at once) to 365"),
    ],
)
def test_a_refused_customer_keeps_what_was_typed(
    browser: Client, change: dict[str, str], field: str, says: str
) -> None:
    answer = browser.post("/customers/new/", {**CUSTOMER, **change})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert says in answer.text
    assert 'value="Havnegade 1"' in answer.text


def test_a_trip_from_first_to_last(browser: Client, account: Account, customer: Customer, aircraft: Aircraft) -> None:
    form = {"customer": str(customer.pk), "aircraft": str(aircraft.pk), "kind": "charter", "note": ""}
    assert "Next: add its legs" in browser.post("/trips/new/", form, follow=True).text
    with acting_in(account):
        trip = Trip.objects.get()
    url = f"/trips/{trip.pk}/"
    start = datetime.now(UTC) - timedelta(hours=5)
    flown = {"departure": "ekrk", "arrival": "ekbi", "passengers": "4", **moment("off_at", start)}
    bad = browser.post(f"{url}legs/new/", {**flown, **moment("on_at", start - timedelta(hours=1))})
    assert bad.status_code == 422
    assert list(bad.context["form"].errors) == ["on_at"]
    page = browser.post(f"{url}legs/new/", {**flown, **moment("on_at", start + timedelta(hours=2))}, follow=True)
    assert "EKRK–EKBI" in page.text
    assert "2:00</span> h block to block" in page.text
    assert "<strong>Confirmed</strong>" in browser.post(f"{url}confirm/", {"x": "1"}, follow=True).text
    assert "<strong>Cancelled</strong>: Fog" in browser.post(f"{url}cancel/", {"reason": "Fog"}, follow=True).text
    assert "<strong>Planned</strong>" in browser.post(f"{url}reopen/", {"x": "1"}, follow=True).text
    assert "<strong>Completed</strong>" in browser.post(f"{url}complete/", {"x": "1"}, follow=True).text
    assert "stays as it is" in browser.post(f"{url}edit/", form).text


def test_an_invoice_of_a_trip_is_issued_printed_and_paid(browser: Client, account: Account, trip: Trip) -> None:
    with acting_in(account):
        charter = find_category("charter")
    form = {"hourly_rate": "1850,50", "currency": "EUR", "category": str(charter.pk)}
    page = browser.post(f"/trips/{trip.pk}/invoice/", form, follow=True)
    assert "3,701.00 EUR" in page.text
    with acting_in(account):
        invoice = Invoice.objects.get()
    url = f"/invoices/{invoice.pk}/"
    more = {"description": "Catering <VIP>", "quantity": "2", "unit_price": "45.25", "category": ""}
    assert "3,791.50 EUR" in browser.post(f"{url}lines/new/", more, follow=True).text
    assert "Draft, not an invoice" in browser.get(f"{url}paper/").text
    page = browser.post(f"{url}issue/", {"issued_on": f"{TODAY}"}, follow=True)
    assert "<strong>Open</strong>" in page.text
    assert "3,791.50 EUR" in page.text
    paper = browser.get(f"{url}paper/").text
    assert "Invoice 1</h1>" in paper
    assert "Catering &lt;VIP&gt;" in paper
    assert ">2</td>" in paper
    assert "Draft another invoice" in browser.get(f"/trips/{trip.pk}/").text
    assert "A printed page is true" not in paper
    pay = {"amount": "4000", "received_on": f"{TODAY}", "method": "transfer", "reference": "X"}
    refused = browser.post(f"{url}pay/", pay)
    assert list(refused.context["form"].errors) == ["amount"]
    assert "208.50 EUR" not in refused.text or refused.status_code == 422
    page = browser.post(f"{url}pay/", {**pay, "keep_credit": "on"}, follow=True)
    assert "208.50 EUR is kept as credit" in page.text
    assert "<strong>Paid</strong>" in browser.get(url).text
    with acting_in(account):
        payment = Payment.objects.get()
    page = browser.post(f"/payments/{payment.pk}/reverse/", {"reason": "Bounced"}, follow=True)
    assert "<strong>reversed</strong>" in page.text
    page = browser.post(f"{url}void/", {"reason": "Wrong rate"}, follow=True)
    assert "<strong>Void</strong>: Wrong rate" in page.text


@pytest.mark.parametrize(
    ("change", "field", "says"),
    [
        ({"unit_price": "1.234"}, "unit_price", "more decimals than EUR"),
        ({"unit_price": "free"}, "unit_price", "is not an amount"),
        ({"quantity": "0"}, "quantity", "is not possible"),
        ({"quantity": "1.23456"}, "quantity", "more than three decimals"),
        ({"description": ""}, "description", "required"),
    ],
)
def test_a_refused_line_says_so_at_its_field(
    browser: Client, account: Account, customer: Customer, change: dict[str, str], field: str, says: str
) -> None:
    browser.post("/invoices/new/", {"customer": str(customer.pk), "currency": "", "payment_days": "", "memo": ""})
    with acting_in(account):
        url = f"/invoices/{Invoice.objects.get().pk}/"
    form = {"description": "Flight", "quantity": "1", "unit_price": "10", "category": "", **change}
    answer = browser.post(f"{url}lines/new/", form)
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert says in answer.text


def test_credit_is_used_on_a_page(browser: Client, account: Account, customer: Customer) -> None:
    made = pay(account, customer, 5_000)
    with acting_in(account):
        invoice = issued(customer, 3_000)
    page = browser.get(f"/payments/{made.pk}/")
    assert f"Use for Invoice {invoice.number}" in page.text
    page = browser.post(f"/payments/{made.pk}/use/{invoice.pk}/", {"x": "1"}, follow=True)
    assert "30.00 EUR went to Invoice 1" in page.text
    assert "20.00 EUR" in page.text


def test_an_expense_from_first_to_last(browser: Client, account: Account, customer: Customer) -> None:
    with acting_in(account):
        fuel, handling = find_category("fuel").pk, find_category("handling").pk
    form = {**EXPENSE, "category_0": str(fuel), "amount_0": "5200", "category_2": str(handling), "amount_2": "x"}
    refused = browser.post("/expenses/new/", form)
    assert list(refused.context["form"].errors) == ["amount_2"]
    refused = browser.post("/expenses/new/", {**form, "amount_2": "5", "category_2": ""})
    assert list(refused.context["form"].errors) == ["category_2"]
    page = browser.post("/expenses/new/", {**form, "amount_2": "850,50"}, follow=True)
    assert "6,050.50 DKK" in page.text
    with acting_in(account):
        url = f"/expenses/{Expense.objects.get().pk}/"
    assert 'value="850.50"' in browser.get(f"{url}edit/").text
    page = browser.post(f"{url}edit/", {**form, "amount_2": "", "category_2": ""}, follow=True)
    assert "5,200.00 DKK" in page.text
    assert "withdrawn" in browser.post(f"{url}void/", {"reason": "Twice"}, follow=True).text


def test_categories_on_their_page(browser: Client, account: Account) -> None:
    assert "Add the usual ones" in browser.get("/cost-categories/").text
    assert "15 categories are added" in browser.post("/cost-categories/usual/", follow=True).text
    assert "All of them are there already" in browser.post("/cost-categories/usual/", follow=True).text
    form = {"name": "De-icing", "kind": "cost", "key": "de icing", "account_number": "4310"}
    assert "is not a key" in browser.post("/cost-categories/new/", form).text
    browser.post("/cost-categories/new/", {**form, "key": "de_icing"})
    with acting_in(account):
        url = f"/cost-categories/{CostCategory.objects.get(key='de_icing').pk}/"
    assert "Anti-icing" in browser.post(url, {"name": "Anti-icing", "account_number": ""}, follow=True).text
    assert "archived" in browser.post(f"{url}archive/", follow=True).text


def test_lists_cost_the_same_for_many(
    browser: Client,
    account: Account,
    customer: Customer,
    aircraft: Aircraft,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    paths = ("/customers/", "/trips/", "/invoices/", "/payments/", "/expenses/", f"/customers/{customer.pk}/")
    costs: list[list[int]] = []
    for rows in (2, 12):
        with acting_in(account):
            for number in range(rows):
                add_customer(name=f"Customer {number}", acting_user=SYSTEM)
                plan_trip(customer=customer, aircraft=aircraft, legs=[leg(hours=6), leg(hours=3)], acting_user=SYSTEM)
                issued(customer, 100)
        for _ in range(rows):
            pay(account, customer, 100)
            spend(account)
        costs.append([])
        for path in paths:
            with django_assert_max_num_queries(30) as seen:
                assert browser.get(path).status_code == 200
            costs[-1].append(len(seen))
    assert costs[0] == costs[1]


def test_lists_filter_sort_and_export(browser: Client, account: Account, customer: Customer, trip: Trip) -> None:
    with acting_in(account):
        late = issued(customer, 100, on=TODAY - timedelta(days=40))
        issued(customer, 200)
    assert f"/invoices/{late.pk}/" in browser.get("/invoices/?status=overdue").text
    assert "Overdue" in browser.get("/invoices/?status=overdue&sort=total").text
    assert "No invoices match" in browser.get("/invoices/?q=nobody").text
    assert "No trips match" in browser.get("/trips/?q=ZZZZ").text
    assert str(trip.pk) in browser.get("/trips/?q=EKBI").text
    for path in ("customers", "trips", "invoices", "payments", "expenses", "cost-categories"):
        sheet = browser.get(f"/{path}/?export=xlsx")
        assert sheet.headers["Content-Disposition"].endswith('.xlsx"')
        assert b"".join(sheet.streaming_content).startswith(b"PK")  # type: ignore[attr-defined]
    made = browser.get("/invoices/?export=xlsx&sort=total")
    book = openpyxl.load_workbook(BytesIO(b"".join(made.streaming_content)))  # type: ignore[attr-defined]
    head, first, second = book.active.iter_rows(values_only=True)
    rows = [dict(zip(head, row, strict=True)) for row in (first, second)]
    assert [(row["Total"], row["Owed"], row["Currency"]) for row in rows] == [(1, 1, "EUR"), (2, 2, "EUR")]


def test_every_page_can_be_used_without_seeing_it(
    browser: Client, account: Account, customer: Customer, trip: Trip
) -> None:
    made, spent = pay(account, customer), spend(account)
    with acting_in(account):
        open_, one = issued(customer), trip.legs.first()
        assert one is not None
        browser.post("/invoices/new/", {"customer": str(customer.pk), "currency": "", "payment_days": "", "memo": ""})
        draft = Invoice.objects.get(status="draft")
        category = find_category("fuel")
    c, t, i, p, e = (f"/customers/{customer.pk}/", f"/trips/{trip.pk}/", f"/invoices/{open_.pk}/",
                     f"/payments/{made.pk}/", f"/expenses/{spent.pk}/")  # fmt: skip
    paths = [
        "/customers/", "/customers/new/", c, f"{c}edit/", f"{c}archive/", "/trips/", "/trips/new/", t, f"{t}edit/",
        f"{t}legs/new/", f"{t}legs/{one.pk}/", f"{t}legs/{one.pk}/remove/", f"{t}confirm/", f"{t}complete/",
        f"{t}cancel/", f"{t}invoice/", "/invoices/", "/invoices/new/", i, f"{i}paper/", f"{i}void/", f"{i}pay/",
        f"/invoices/{draft.pk}/", f"/invoices/{draft.pk}/edit/", f"/invoices/{draft.pk}/lines/new/",
        f"/invoices/{draft.pk}/issue/", "/payments/", "/payments/new/", p, f"{p}reverse/", f"{p}use/{open_.pk}/",
        "/expenses/", "/expenses/new/", e, f"{e}edit/", f"{e}void/", "/cost-categories/", "/cost-categories/new/",
        f"/cost-categories/{category.pk}/",
    ]  # fmt: skip
    for path in paths:
        answer = browser.get(path)
        assert answer.status_code == 200, path
        assert problems_of(answer.text) == [], path


def test_the_search_finds_what_may_be_seen(browser: Client, account: Account, customer: Customer, trip: Trip) -> None:
    with acting_in(account):
        invoice = issued(customer)
    found = browser.get("/search/?q=nordlys").text
    assert f"/customers/{customer.pk}/" in found
    numbered = browser.get("/search/?q=1").text
    assert f"/trips/{trip.pk}/" in numbered
    assert f"/invoices/{invoice.pk}/" in numbered
    blind = sign_in(make_member(account, "fleet.view", email="b@example.com"))
    for text in ("nordlys", "1"):
        hidden = blind.get(f"/search/?q={text}").text.split("<main", 1)[1]
        assert "/customers/" not in hidden
        assert "/trips/" not in hidden
        assert "/invoices/" not in hidden


def test_of_very_many_customers_some_are_offered_and_the_chosen_one_always(
    browser: Client, account: Account, customer: Customer
) -> None:
    with acting_in(account):
        Customer.objects.bulk_create(
            Customer(account=account, number=number, name=f"A {number:04}") for number in range(10, 410)
        )
    for path in ("/trips/new/", "/invoices/new/", "/payments/new/"):
        plain, begun = browser.get(path).text, browser.get(f"{path}?customer={customer.pk}").text
        assert plain.count("<option") < 320
        assert f'value="{customer.pk}"' not in plain
        assert f'value="{customer.pk}" selected' in begun
        assert browser.get(f"{path}?customer=nonsense").status_code == 200
        # The form is drawn once, and browsers leave the checking to us.
        assert re.search(r'<form method="post" novalidate\s*>', plain)
    # One that is not drawn is taken all the same.
    form = {"customer": str(customer.pk), "currency": "", "payment_days": "", "memo": ""}
    assert "The draft is there" in browser.post("/invoices/new/", form, follow=True).text


def test_empty_lists_teach(browser: Client) -> None:
    for path, button in (
        ("/customers/", "Add customer"), ("/trips/", "Plan trip"), ("/invoices/", "Draft invoice"),
        ("/payments/", "Record payment"), ("/expenses/", "Record expense"), ("/cost-categories/", "Add the usual ones"),
    ):  # fmt: skip
        page = browser.get(path).text
        assert 'class="empty"' in page
        assert button in page


def test_who_may_only_look_sees_no_button_and_no_entry(account: Account, customer: Customer, trip: Trip) -> None:
    looking = sign_in(make_member(account, "customers.view", "trips.view", "billing.view", email="l@example.com"))
    for path in ("/customers/", f"/customers/{customer.pk}/", f"/trips/{trip.pk}/", "/invoices/", "/cost-categories/"):
        page = looking.get(path)
        assert page.status_code == 200
        assert "btn-primary" not in page.text.split("<main", 1)[1]
    blind = sign_in(make_member(account, "fleet.view", email="b@example.com", role="Blind"))
    menu = blind.get("/search/").text
    for path in ("/customers/", "/trips/", "/invoices/", "/payments/", "/expenses/", "/cost-categories/"):
        assert f'href="{path}"' not in menu
        assert blind.get(path).status_code == 403
    # A customer's page tells nothing of money to whom may not see it.
    clerk = sign_in(make_member(account, "customers.view", email="c@example.com", role="Clerk"))
    page = clerk.get(f"/customers/{customer.pk}/").text
    assert "Owes" not in page
    assert "/trips/" not in page


def test_rows_of_another_account_do_not_exist(
    account: Account, other_account: Account, customer: Customer, trip: Trip
) -> None:
    made, spent = pay(account, customer), spend(account)
    with acting_in(account):
        invoice = issued(customer)
    foreign = sign_in(make_member(other_account, email="f@example.com", role="Administrator"))
    for path in (
        f"/customers/{customer.pk}/", f"/customers/{customer.pk}/edit/", f"/trips/{trip.pk}/",
        f"/trips/{trip.pk}/invoice/",
        f"/invoices/{invoice.pk}/", f"/invoices/{invoice.pk}/paper/", f"/invoices/{invoice.pk}/pay/",
        f"/payments/{made.pk}/", f"/payments/{made.pk}/use/{invoice.pk}/", f"/expenses/{spent.pk}/",
    ):  # fmt: skip
        assert foreign.get(path).status_code == 404, path
    for path, form in (
        (f"/customers/{customer.pk}/archive/", {}), (f"/trips/{trip.pk}/cancel/", {"reason": "x"}),
        (f"/invoices/{invoice.pk}/void/", {"reason": "x"}), (f"/payments/{made.pk}/reverse/", {"reason": "x"}),
    ):  # fmt: skip
        assert foreign.post(path, form).status_code == 404, path
    # Nor as a choice in a form.
    form: dict[str, Any] = {"customer": str(customer.pk), "currency": "", "payment_days": "", "memo": ""}
    assert list(foreign.post("/invoices/new/", form).context["form"].errors) == ["customer"]
