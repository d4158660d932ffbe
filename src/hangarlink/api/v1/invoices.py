"""Invoices: list, read, draft, change, issue, void; and the cost categories their lines name."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal, cast
from uuid import UUID

from pydantic import Field

from hangarlink.api.endpoint import Answer
from hangarlink.api.errors import under
from hangarlink.api.gate import ApiRequest
from hangarlink.api.paging import DEFAULT_SIZE, PerPage, page_of
from hangarlink.api.v1.api import endpoint
from hangarlink.api.v1.commerce import Amount, Named, customer_of, named, recent, shown, trip_of
from hangarlink.api.v1.fields import Day, Incoming, Outgoing, Plain
from hangarlink.api.v1.outgoing import Listing
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.integration.synclog.vocabulary import Verdict as Logged
from hangarlink.operations.billing.actions import (
    LineValues,
    change_invoice,
    draft_invoice,
    issue_invoice,
    replace_lines,
    void_invoice,
)
from hangarlink.operations.billing.models import CostCategory, Invoice
from hangarlink.operations.billing.queries import find_category, find_invoice, invoices
from hangarlink.platform.applications.scopes import Scope
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.money import checked_currency, parse_money

TAG = "Invoices"
# Not the room's own enums: their names are taken in the document.
InvoiceStatus = Literal["draft", "issued", "paid", "void"]
CategoryUse = Literal["income", "cost"]
_LINE_IN = {"description": "EKRK–EKBI 2026-06-03, block hours", "quantity": 1.08, "unit_price": "1850.00"}
_EXAMPLE_IN = {
    "invoice": {
        "customer_id": "0197379e-2c11-7a02-8a7d-5b1f0e2d4c01",
        "memo": "Thank you for flying with us.",
        "lines": [_LINE_IN],
    }
}
EXAMPLE = {
    "id": "0197379e-5c11-7a02-8a7d-5b1f0e2d4c03",
    "number": None,
    "status": "draft",
    "customer": {"id": "0197379e-2c11-7a02-8a7d-5b1f0e2d4c01", "number": 12},
    "trip": None,
    "currency": "EUR",
    "payment_days": 14,
    "issued_on": None,
    "due_on": None,
    "total": "1998.00",
    "paid": "0.00",
    "balance": "0.00",
    "memo": "Thank you for flying with us.",
    "void_reason": "",
    "lines": [
        {
            "description": "EKRK–EKBI 2026-06-03, block hours",
            "quantity": "1.08",
            "unit_price": "1850.00",
            "amount": "1998.00",
            "category": "charter",
        }
    ],
    "version": 1,
    "created_at": "2026-06-04T09:12:00Z",
    "updated_at": "2026-06-04T09:12:00Z",
}
_ISSUED = {
    **EXAMPLE,
    "number": 1042,
    "status": "issued",
    "issued_on": "2026-06-04",
    "due_on": "2026-06-18",
    "balance": "1998.00",
    "version": 2,
}


class LineIn(Incoming):
    description: Plain = Field(min_length=1, max_length=300)
    quantity: Amount = Field(1, description="More than 0, at most three decimals.")
    unit_price: Amount = Field(description="Price of one; below zero for a discount.")
    category: Plain | None = Field(None, max_length=40, description="Key of a cost category for income.")
    amount: Amount | None = Field(None, description="Ignored.")


class InvoiceChanges(Incoming):
    """For PATCH of a draft: what is left out stays. `lines`, where given, replace those it has."""

    customer_id: UUID | None = None
    payment_days: int | None = Field(None, ge=0, le=365, description="Days from issue until it is due.")
    memo: Plain | None = Field(None, max_length=10_000, description="Printed below the lines.")
    lines: list[LineIn] | None = Field(None, max_length=200)


class InvoiceWhole(InvoiceChanges):
    customer_id: UUID
    trip_id: UUID | None = Field(None, description="What it is for.")
    currency: Plain | None = Field(None, min_length=3, max_length=3, description="Without it, the customer's.")


class InvoiceReport(Incoming):
    invoice: InvoiceWhole


class InvoicePatch(Incoming):
    invoice: InvoiceChanges


class IssueIn(Incoming):
    issued_on: Day | None = Field(None, description="Without it, today. Not before the invoice issued last.")


class IssueReport(Incoming):
    invoice: IssueIn


class InvoiceVoidIn(Incoming):
    reason: Plain = Field(min_length=1, max_length=300)


class VoidReport(Incoming):
    invoice: InvoiceVoidIn


class LineOut(Outgoing):
    """Amounts are decimal text in the currency's main unit."""

    description: str
    quantity: str
    unit_price: str
    amount: str
    category: str | None


class InvoiceOut(Outgoing):
    """`number` comes with issue. `balance` is what is owed: nothing on a draft or a void one."""

    id: UUID
    number: int | None
    status: InvoiceStatus
    customer: Named
    trip: Named | None
    currency: str
    payment_days: int
    issued_on: date | None
    due_on: date | None
    total: str
    paid: str
    balance: str
    memo: str
    void_reason: str
    lines: list[LineOut]
    version: int
    created_at: datetime
    updated_at: datetime


class InvoiceList(Listing):
    invoices: list[InvoiceOut]


class InvoiceRead(Outgoing):
    invoice: InvoiceOut


class InvoiceAnswer(Outgoing):
    result: Literal["created", "updated", "unchanged"]
    invoice: InvoiceOut


class CategoryOut(Outgoing):
    key: str
    name: str
    kind: CategoryUse
    account_number: str
    is_active: bool


class CategoryList(Listing):
    cost_categories: list[CategoryOut]


@endpoint(
    "GET",
    "/cost_categories",
    scope=Scope.BILLING_READ,
    flow=Flow.INVOICES,
    tag=TAG,
    summary="List cost categories",
    answers={200: CategoryList},
    examples={
        "response": {
            "total": 1,
            "next_cursor": None,
            "cost_categories": [
                {"key": "fuel", "name": "Fuel", "kind": "cost", "account_number": "4310", "is_active": True}
            ],
        }
    },
)
def list_cost_categories(request: ApiRequest, cursor: str | None = None, per_page: PerPage = DEFAULT_SIZE) -> Answer:
    """What lines are sorted by: `income` for invoices, `cost` for expenses. By key."""
    page = page_of(CostCategory.objects.all(), "key", "id", cursor=cursor, size=per_page)
    rows = [
        CategoryOut(
            key=row.key,
            name=row.name,
            kind=cast(CategoryUse, row.kind),
            account_number=row.account_number,
            is_active=row.archived_at is None,
        )
        for row in page.rows
    ]
    body = CategoryList(total=page.total, next_cursor=page.next_cursor, cost_categories=rows)
    return Answer(body, Logged.READ, f"{len(rows)} cost categories read.", count=len(rows), headers=page.link(request))


@endpoint(
    "GET",
    "/invoices",
    scope=Scope.BILLING_READ,
    flow=Flow.INVOICES,
    tag=TAG,
    summary="List invoices",
    answers={200: InvoiceList},
    examples={"response": {"total": 1, "next_cursor": None, "invoices": [_ISSUED]}},
)
def list_invoices(request: ApiRequest, cursor: str | None = None, per_page: PerPage = DEFAULT_SIZE) -> Answer:
    """All invoices, latest drafted first, each with its lines."""
    page, headers = recent(request, invoices(), cursor, per_page)
    rows = [invoice_out(row) for row in page.rows]
    body = InvoiceList(total=page.total, next_cursor=page.next_cursor, invoices=rows)
    return Answer(body, Logged.READ, f"{len(rows)} invoices read.", count=len(rows), headers=headers)


@endpoint(
    "POST",
    "/invoices",
    scope=Scope.BILLING_WRITE,
    flow=Flow.INVOICES,
    tag=TAG,
    summary="Draft an invoice",
    answers={201: InvoiceAnswer},
    examples={"request": _EXAMPLE_IN, "response": {"result": "created", "invoice": EXAMPLE}},
)
def create_invoice(request: ApiRequest, body: InvoiceReport) -> Answer:
    """Drafts an invoice with its lines. Send an Idempotency-Key, so that a repeated request makes no second one."""
    given = body.invoice
    with under("invoice"):
        customer = customer_of(given.customer_id)
        if customer is None:
            raise RuleBroken("Name the customer.", field="customer_id")
        currency = checked_currency(given.currency or customer.currency)
        made = draft_invoice(
            customer=customer,
            trip=trip_of(given.trip_id),
            currency=currency,
            payment_days=given.payment_days,
            memo=given.memo or "",
            lines=_lines(given.lines or [], currency),
            acting_user=request.auth.actor,
        )
    answer = InvoiceAnswer(result="created", invoice=invoice_out(find_invoice(made.id)))
    return Answer(answer, Logged.CREATED, f"Draft of {len(given.lines or [])} lines created.", status=201)


@endpoint(
    "GET",
    "/invoices/{id}",
    scope=Scope.BILLING_READ,
    flow=Flow.INVOICES,
    tag=TAG,
    summary="Read an invoice",
    answers={200: InvoiceRead},
    examples={"response": {"invoice": _ISSUED}},
)
def read_invoice(request: ApiRequest, id: UUID) -> Answer:  # noqa: ARG001 - every operation takes the request
    """One invoice with its lines."""
    found = find_invoice(id)
    return Answer(InvoiceRead(invoice=invoice_out(found)), Logged.READ, f"{found} read.")


@endpoint(
    "PATCH",
    "/invoices/{id}",
    scope=Scope.BILLING_WRITE,
    flow=Flow.INVOICES,
    tag=TAG,
    summary="Change a draft",
    answers={200: InvoiceAnswer},
    examples={
        "request": {"invoice": {"payment_days": 30}},
        "response": {"result": "updated", "invoice": {**EXAMPLE, "payment_days": 30, "version": 2}},
    },
)
def change_some_of_invoice(request: ApiRequest, id: UUID, body: InvoicePatch) -> Answer:
    """Sets what is given. An issued invoice stays as it is: void it and draft a new one."""
    found, given, actor = find_invoice(id), body.invoice, request.auth.actor
    with under("invoice"):
        customer = customer_of(given.customer_id)
        change_invoice(found, customer=customer, payment_days=given.payment_days, memo=given.memo, acting_user=actor)
        if given.lines is not None:
            replace_lines(found, _lines(given.lines, found.currency), acting_user=actor)
    return _answer(found)


@endpoint(
    "POST",
    "/invoices/{id}/issue",
    scope=Scope.BILLING_ISSUE,
    flow=Flow.INVOICES,
    tag=TAG,
    summary="Issue an invoice",
    answers={200: InvoiceAnswer},
    examples={
        "request": {"invoice": {"issued_on": "2026-06-04"}},
        "response": {"result": "updated", "invoice": _ISSUED},
    },
)
def issue_one_invoice(request: ApiRequest, id: UUID, body: IssueReport) -> Answer:
    """Gives a draft the next number and its due date, and freezes it."""
    found = find_invoice(id)
    with under("invoice"):
        issue_invoice(found, issued_on=body.invoice.issued_on, acting_user=request.auth.actor)
    return _answer(found)


@endpoint(
    "POST",
    "/invoices/{id}/void",
    scope=Scope.BILLING_ISSUE,
    flow=Flow.INVOICES,
    tag=TAG,
    summary="Void an invoice",
    answers={200: InvoiceAnswer},
    examples={
        "request": {"invoice": {"reason": "Wrong customer"}},
        "response": {
            "result": "updated",
            "invoice": {**_ISSUED, "status": "void", "balance": "0.00", "void_reason": "Wrong customer", "version": 3},
        },
    },
)
def void_one_invoice(request: ApiRequest, id: UUID, body: VoidReport) -> Answer:
    """Withdraws it; it stays readable. Refused while something is paid on it. For a draft, billing_write is needed."""
    found = find_invoice(id)
    with under("invoice"):
        void_invoice(found, reason=body.invoice.reason, acting_user=request.auth.actor)
    return _answer(found)


def invoice_out(row: Invoice) -> InvoiceOut:
    """An invoice read with customer, trip and lines."""
    money: dict[str, Any] = {name: shown(getattr(row, name), row.currency) for name in ("total", "paid", "balance")}
    plain = InvoiceOut.model_fields.keys() - {"customer", "trip", "lines", *money}
    return InvoiceOut(
        **{name: getattr(row, name) for name in plain},
        **money,
        customer=Named(id=row.customer.id, number=row.customer.number),
        trip=Named(id=row.trip.id, number=row.trip.number) if row.trip else None,
        lines=[
            LineOut(
                description=line.description,
                quantity=f"{line.quantity.normalize():f}",
                unit_price=shown(line.unit_price, row.currency),
                amount=shown(line.amount, row.currency),
                category=line.category.key if line.category else None,
            )
            for line in row.lines.all()
        ],
    )


def _answer(before: Invoice) -> Answer:
    after = find_invoice(before.id)
    same = after.version == before.version
    result: Literal["unchanged", "updated"] = "unchanged" if same else "updated"
    body = InvoiceAnswer(result=result, invoice=invoice_out(after))
    return Answer(body, Logged.UNCHANGED if same else Logged.UPDATED, f"{after} {result}.")


def _lines(given: list[LineIn], currency: str) -> list[LineValues]:
    return [_line(number, line, currency) for number, line in enumerate(given)]


def _line(number: int, line: LineIn, currency: str) -> LineValues:
    place = f"lines[{number}]"
    quantity = parse_number(line.quantity, f"{place}.quantity")
    return LineValues(
        description=line.description,
        quantity=quantity,
        unit_price=parse_money(line.unit_price, currency, field=f"{place}.unit_price"),
        category=category_of(line.category, f"{place}.category"),
    )


def category_of(key: str | None, field: str) -> CostCategory | None:
    """By its key; one that is not there is the body's fault."""
    return named(field, lambda: find_category(key)) if key else None


def parse_number(value: Any, field: str) -> Decimal:
    """A quantity as it came in, exactly."""
    try:
        return Decimal(str(value).strip())
    except ArithmeticError:
        raise RuleBroken(f"{value!r:.40} is not a number.", field=field) from None
