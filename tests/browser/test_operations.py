"""Customers, trips and billing in a real browser."""

import pytest
from playwright.sync_api import expect

from hangarlink.cli.seeding.operations import TRIPS, seed_operations
from hangarlink.fleet.models import Aircraft, AircraftModel
from hangarlink.operations.billing.models import Expense, Invoice, Payment
from hangarlink.operations.customers.models import Customer
from hangarlink.operations.trips.models import Trip
from hangarlink.platform.people.models import Membership
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.browser.conftest import Arrive


@pytest.fixture
def books(skyline: Account) -> Account:
    """The demo's customers, trips, invoices, payments and expenses."""
    with acting_in(skyline):
        model = AircraftModel.objects.create(account=skyline, name="Any")
        names = sorted({one.registration for one in TRIPS})
        fleet = {
            name: Aircraft.objects.create(account=skyline, registration=name, aircraft_model=model) for name in names
        }
        seed_operations(fleet, SYSTEM)
    return skyline


def test_from_a_trip_to_a_paid_invoice(arrive: Arrive, chief: Membership, books: Account) -> None:
    with acting_in(books):
        trip = Trip.objects.get(status="confirmed")
    visitor = arrive(chief)
    page = visitor.open(f"/trips/{trip.pk}/")
    page.get_by_role("link", name="Draft invoice").click()
    page.get_by_label("Rate of a block hour").fill("1.420,00")
    page.get_by_role("button", name="Draft invoice").click()
    expect(page.locator("#id_hourly_rate_error")).to_contain_text("is not an amount")
    page.get_by_label("Rate of a block hour").fill("1420,00")
    page.get_by_role("button", name="Draft invoice").click()
    expect(page.locator(".answer")).to_contain_text("2,485.00 EUR so far")
    page.get_by_role("link", name="Issue").click()
    page.get_by_role("button", name="Issue invoice").click()
    expect(page.locator("h1")).to_contain_text("Invoice 6")
    page.get_by_role("link", name="Record payment").click()
    page.get_by_role("button", name="Record payment").click()
    expect(page.locator("h1")).to_contain_text("Payment 5")
    page.get_by_role("link", name="Invoice 6").click()
    expect(page.locator(".answer")).to_contain_text("Paid")


def test_pages_fit_every_width(arrive: Arrive, chief: Membership, books: Account) -> None:
    with acting_in(books):
        paths = {
            "customer": f"/customers/{Customer.objects.get(number=1).pk}/",
            "trip": f"/trips/{Trip.objects.get(number=3).pk}/",
            "invoice": f"/invoices/{Invoice.objects.get(number=5).pk}/",
            "invoice-draft": f"/invoices/{Invoice.objects.get(status='draft').pk}/",
            "invoice-paper": f"/invoices/{Invoice.objects.get(number=5).pk}/paper/",
            "payment": f"/payments/{Payment.objects.get(number=4).pk}/",
            "expense": f"/expenses/{Expense.objects.get(number=5).pk}/",
        }
    visitor = arrive(chief)
    lists = {
        "customers": "/customers/",
        "trips": "/trips/",
        "invoices": "/invoices/",
        "payments": "/payments/",
        "expenses": "/expenses/",
        "categories": "/cost-categories/",
        "customer-form": "/customers/new/",
        "expense-form": "/expenses/new/",
    }
    for name, path in (paths | lists).items():
        visitor.open(path)
        for size in ("1440", "1024", "390"):
            visitor.page.set_viewport_size({"width": int(size), "height": 900})
            assert visitor.sticking_out() == [], f"{name} at {size}"
        visitor.pictures(f"operations-{name}")
