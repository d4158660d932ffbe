"""Customers: list, read, create, change."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from hangarlink.api.endpoint import Answer
from hangarlink.api.errors import under
from hangarlink.api.gate import ApiRequest
from hangarlink.api.paging import DEFAULT_SIZE, PerPage, page_of
from hangarlink.api.v1.api import endpoint
from hangarlink.api.v1.fields import Incoming, Outgoing, Plain
from hangarlink.api.v1.outgoing import Listing
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.integration.synclog.vocabulary import Verdict as Logged
from hangarlink.operations.customers.actions import (
    add_customer,
    archive_customer,
    change_customer,
    restore_customer,
)
from hangarlink.operations.customers.models import Customer
from hangarlink.operations.customers.queries import find_customer
from hangarlink.platform.applications.scopes import Scope
from hangarlink.platform.errors import RuleBroken

TAG = "Customers"
_READ_ONLY = {"id", "number", "version", "created_at", "updated_at"}
_EXAMPLE_IN = {
    "customer": {
        "name": "Nordlys Charter ApS",
        "email": "post@nordlys.example",
        "street": "Havnegade 1",
        "postal_code": "1058",
        "city": "København",
        "country": "DK",
        "currency": "EUR",
        "payment_days": 14,
    }
}
EXAMPLE = {
    "id": "0197379e-2c11-7a02-8a7d-5b1f0e2d4c01",
    "number": 12,
    "name": "Nordlys Charter ApS",
    "company": "",
    "email": "post@nordlys.example",
    "phone": "",
    "street": "Havnegade 1",
    "postal_code": "1058",
    "city": "København",
    "region": "",
    "country": "DK",
    "tax_number": "",
    "currency": "EUR",
    "payment_days": 14,
    "note": "",
    "is_active": True,
    "version": 1,
    "created_at": "2026-06-03T09:12:00Z",
    "updated_at": "2026-06-03T09:12:00Z",
}


class CustomerChanges(Incoming):
    """For PATCH: what is left out stays."""

    name: Plain | None = Field(None, min_length=1, max_length=120)
    company: Plain | None = Field(None, max_length=120)
    email: Plain | None = Field(None, max_length=254)
    phone: Plain | None = Field(None, max_length=40)
    street: Plain | None = Field(None, max_length=200)
    postal_code: Plain | None = Field(None, max_length=20)
    city: Plain | None = Field(None, max_length=120)
    region: Plain | None = Field(None, max_length=120)
    country: Plain | None = Field(None, max_length=2, description="ISO 3166, two letters.")
    tax_number: Plain | None = Field(None, max_length=40)
    currency: Plain | None = Field(None, min_length=3, max_length=3, description="ISO 4217; of their invoices.")
    payment_days: int | None = Field(None, ge=0, le=365, description="Days from an invoice's date until it is due.")
    note: Plain | None = Field(None, max_length=10_000)
    is_active: bool | None = Field(None, description="false archives: no longer offered for new trips and invoices.")
    id: UUID | None = Field(None, description="Ignored.")
    number: int | None = Field(None, description="Ignored.")
    version: int | None = Field(None, description="Ignored.")
    created_at: str | None = Field(None, description="Ignored.")
    updated_at: str | None = Field(None, description="Ignored.")


class CustomerWhole(CustomerChanges):
    """For POST: what is left out is empty."""

    name: Plain = Field(min_length=1, max_length=120)


class CustomerReport(Incoming):
    customer: CustomerWhole


class CustomerPatch(Incoming):
    customer: CustomerChanges


class CustomerOut(Outgoing):
    """`version` counts up with every change."""

    id: UUID
    number: int
    name: str
    company: str
    email: str
    phone: str
    street: str
    postal_code: str
    city: str
    region: str
    country: str
    tax_number: str
    currency: str
    payment_days: int
    note: str
    is_active: bool
    version: int
    created_at: datetime
    updated_at: datetime


class CustomerList(Listing):
    customers: list[CustomerOut]


class CustomerRead(Outgoing):
    customer: CustomerOut


class CustomerAnswer(Outgoing):
    result: Literal["created", "updated", "unchanged"]
    customer: CustomerOut


@endpoint(
    "GET",
    "/customers",
    scope=Scope.CUSTOMERS_READ,
    flow=Flow.CUSTOMERS,
    tag=TAG,
    summary="List customers",
    answers={200: CustomerList},
    examples={"response": {"total": 1, "next_cursor": None, "customers": [EXAMPLE]}},
)
def list_customers(request: ApiRequest, cursor: str | None = None, per_page: PerPage = DEFAULT_SIZE) -> Answer:
    """All customers of the account, archived ones too, by name."""
    page = page_of(Customer.objects.all(), "name", "id", cursor=cursor, size=per_page)
    rows = [customer_out(row) for row in page.rows]
    body = CustomerList(total=page.total, next_cursor=page.next_cursor, customers=rows)
    return Answer(body, Logged.READ, f"{len(rows)} customers read.", count=len(rows), headers=page.link(request))


@endpoint(
    "POST",
    "/customers",
    scope=Scope.CUSTOMERS_WRITE,
    flow=Flow.CUSTOMERS,
    tag=TAG,
    summary="Create a customer",
    answers={201: CustomerAnswer},
    examples={"request": _EXAMPLE_IN, "response": {"result": "created", "customer": EXAMPLE}},
)
def create_customer(request: ApiRequest, body: CustomerReport) -> Answer:
    """Creates a customer with the next number. Send an Idempotency-Key: nothing else recognises a repeated request."""
    with under("customer"):
        values = _values(body.customer)
        made = add_customer(acting_user=request.auth.actor, **values)
        if body.customer.is_active is False:
            made = archive_customer(made, acting_user=request.auth.actor)
    answer = CustomerAnswer(result="created", customer=customer_out(made))
    return Answer(answer, Logged.CREATED, f"Customer {made.number} created.", status=201)


@endpoint(
    "GET",
    "/customers/{id}",
    scope=Scope.CUSTOMERS_READ,
    flow=Flow.CUSTOMERS,
    tag=TAG,
    summary="Read a customer",
    answers={200: CustomerRead},
    examples={"response": {"customer": EXAMPLE}},
)
def read_customer(request: ApiRequest, id: UUID) -> Answer:  # noqa: ARG001 - every operation takes the request
    """One customer."""
    found = find_customer(id)
    return Answer(CustomerRead(customer=customer_out(found)), Logged.READ, f"Customer {found.number} read.")


@endpoint(
    "PATCH",
    "/customers/{id}",
    scope=Scope.CUSTOMERS_WRITE,
    flow=Flow.CUSTOMERS,
    tag=TAG,
    summary="Change some of a customer's data",
    answers={200: CustomerAnswer},
    examples={
        "request": {"customer": {"payment_days": 30}},
        "response": {"result": "updated", "customer": {**EXAMPLE, "payment_days": 30, "version": 2}},
    },
)
def change_some_of_customer(request: ApiRequest, id: UUID, body: CustomerPatch) -> Answer:
    """Sets the fields that are given. `is_active` archives or restores."""
    found = find_customer(id)
    actor = request.auth.actor
    with under("customer"):
        changed = change_customer(found, acting_user=actor, **_values(body.customer))
        wanted = body.customer.is_active
        if wanted is not None and wanted != changed.is_active:
            changed = (restore_customer if wanted else archive_customer)(changed, acting_user=actor)
    same = changed.version == found.version
    result: Literal["unchanged", "updated"] = "unchanged" if same else "updated"
    verdict = Logged.UNCHANGED if same else Logged.UPDATED
    answer = CustomerAnswer(result=result, customer=customer_out(changed))
    return Answer(answer, verdict, f"Customer {changed.number} {result}.")


def customer_out(row: Customer) -> CustomerOut:
    return CustomerOut(**{name: getattr(row, name) for name in CustomerOut.model_fields})


def _values(given: CustomerChanges) -> Any:
    values = given.model_dump(exclude={*_READ_ONLY, "is_active"}, exclude_unset=True)
    nulls = sorted(name for name, value in values.items() if value is None)
    if nulls:
        raise RuleBroken("cannot be null. Leave it out to keep it, or send an empty text.", field=nulls[0])
    return values
