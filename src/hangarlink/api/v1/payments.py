"""Payments: list, read, record, reverse."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from hangarlink.api.endpoint import Answer
from hangarlink.api.errors import under
from hangarlink.api.gate import ApiRequest
from hangarlink.api.paging import DEFAULT_SIZE, PerPage
from hangarlink.api.v1.api import endpoint
from hangarlink.api.v1.commerce import Amount, Named, customer_of, named, recent, shown
from hangarlink.api.v1.fields import Day, Incoming, Outgoing, Plain
from hangarlink.api.v1.outgoing import Listing
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.integration.synclog.vocabulary import Verdict as Logged
from hangarlink.operations.billing.actions import record_payment, reverse_payment, use_credit
from hangarlink.operations.billing.models import Invoice, Payment
from hangarlink.operations.billing.queries import find_invoice, find_payment, payments
from hangarlink.operations.billing.rules import Method
from hangarlink.platform.applications.scopes import Scope
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.money import checked_currency, parse_money

TAG = "Payments"
_EXAMPLE_IN = {
    "payment": {
        "customer_id": "0197379e-2c11-7a02-8a7d-5b1f0e2d4c01",
        "amount": "1998.00",
        "received_on": "2026-06-12",
        "reference": "Invoice 1042",
        "keep_credit": True,
    }
}
_EXAMPLE = {
    "id": "0197379e-6c11-7a02-8a7d-5b1f0e2d4c04",
    "number": 7,
    "customer": {"id": "0197379e-2c11-7a02-8a7d-5b1f0e2d4c01", "number": 12},
    "received_on": "2026-06-12",
    "currency": "EUR",
    "amount": "1998.00",
    "credit": "0.00",
    "method": "transfer",
    "reference": "Invoice 1042",
    "is_reversed": False,
    "reverse_reason": "",
    "invoices": [{"id": "0197379e-5c11-7a02-8a7d-5b1f0e2d4c03", "number": 1042, "amount": "1998.00"}],
    "version": 1,
    "created_at": "2026-06-12T09:12:00Z",
    "updated_at": "2026-06-12T09:12:00Z",
}


class PartIn(Incoming):
    id: UUID = Field(description="Of the invoice.")
    amount: Amount = Field(description="What of the payment goes to it.")


class PaymentIn(Incoming):
    customer_id: UUID
    amount: Amount
    currency: Plain | None = Field(None, min_length=3, max_length=3, description="Without it, the customer's.")
    received_on: Day
    method: Method = Method.TRANSFER
    reference: Plain = Field("", max_length=120, description="As on the bank statement.")
    invoices: list[PartIn] | None = Field(
        None, max_length=200, description="Without it, over the customer's open invoices, first due first."
    )
    keep_credit: bool = Field(False, description="Keep what no invoice takes as credit; otherwise it is refused.")


class PaymentReport(Incoming):
    payment: PaymentIn


class UseIn(Incoming):
    invoices: list[PartIn] = Field(min_length=1, max_length=200)


class UseReport(Incoming):
    payment: UseIn


class ReverseIn(Incoming):
    reason: Plain = Field(min_length=1, max_length=300)


class ReverseReport(Incoming):
    payment: ReverseIn


class PartOut(Outgoing):
    id: UUID
    number: int | None
    amount: str


class PaymentOut(Outgoing):
    """Amounts are decimal text. `credit` is what no invoice took."""

    id: UUID
    number: int
    customer: Named
    received_on: date
    currency: str
    amount: str
    credit: str
    method: Method
    reference: str
    is_reversed: bool
    reverse_reason: str
    invoices: list[PartOut]
    version: int
    created_at: datetime
    updated_at: datetime


class PaymentList(Listing):
    payments: list[PaymentOut]


class PaymentRead(Outgoing):
    payment: PaymentOut


class PaymentAnswer(Outgoing):
    result: Literal["created", "updated"]
    payment: PaymentOut


@endpoint(
    "GET",
    "/payments",
    scope=Scope.BILLING_READ,
    flow=Flow.PAYMENTS,
    tag=TAG,
    summary="List payments",
    answers={200: PaymentList},
    examples={"response": {"total": 1, "next_cursor": None, "payments": [_EXAMPLE]}},
)
def list_payments(request: ApiRequest, cursor: str | None = None, per_page: PerPage = DEFAULT_SIZE) -> Answer:
    """All payments, latest recorded first, each with the invoices it went to."""
    page, headers = recent(request, payments(), cursor, per_page)
    rows = [payment_out(row) for row in page.rows]
    body = PaymentList(total=page.total, next_cursor=page.next_cursor, payments=rows)
    return Answer(body, Logged.READ, f"{len(rows)} payments read.", count=len(rows), headers=headers)


@endpoint(
    "POST",
    "/payments",
    scope=Scope.BILLING_WRITE,
    flow=Flow.PAYMENTS,
    tag=TAG,
    summary="Record a payment",
    answers={201: PaymentAnswer},
    examples={"request": _EXAMPLE_IN, "response": {"result": "created", "payment": _EXAMPLE}},
)
def create_payment(request: ApiRequest, body: PaymentReport) -> Answer:
    """Records money received. Send an Idempotency-Key, so that a repeated request records it once."""
    given = body.payment
    with under("payment"):
        customer = customer_of(given.customer_id)
        if customer is None:
            raise RuleBroken("Name the customer.", field="customer_id")
        currency = checked_currency(given.currency or customer.currency)
        parts = None if given.invoices is None else _parts(given.invoices, currency)
        made = record_payment(
            customer=customer,
            amount=parse_money(given.amount, currency),
            currency=currency,
            received_on=given.received_on,
            method=given.method,
            reference=given.reference,
            parts=parts,
            keep_credit=given.keep_credit,
            acting_user=request.auth.actor,
        )
    answer = PaymentAnswer(result="created", payment=payment_out(find_payment(made.id)))
    return Answer(answer, Logged.CREATED, f"{made} created.", status=201)


@endpoint(
    "GET",
    "/payments/{id}",
    scope=Scope.BILLING_READ,
    flow=Flow.PAYMENTS,
    tag=TAG,
    summary="Read a payment",
    answers={200: PaymentRead},
    examples={"response": {"payment": _EXAMPLE}},
)
def read_payment(request: ApiRequest, id: UUID) -> Answer:  # noqa: ARG001 - every operation takes the request
    """One payment with the invoices it went to."""
    found = find_payment(id)
    return Answer(PaymentRead(payment=payment_out(found)), Logged.READ, f"{found} read.")


@endpoint(
    "POST",
    "/payments/{id}/use",
    scope=Scope.BILLING_WRITE,
    flow=Flow.PAYMENTS,
    tag=TAG,
    summary="Use what is left of a payment",
    answers={200: PaymentAnswer},
    examples={
        "request": {"payment": {"invoices": [{"id": "0197379e-5c11-7a02-8a7d-5b1f0e2d4c03", "amount": "1998.00"}]}},
        "response": {"result": "updated", "payment": {**_EXAMPLE, "version": 2}},
    },
)
def use_payment(request: ApiRequest, id: UUID, body: UseReport) -> Answer:
    """Gives the credit of a payment to invoices of its customer; at most what is left and what is owed."""
    found = find_payment(id)
    with under("payment"):
        use_credit(found, parts=_parts(body.payment.invoices, found.currency), acting_user=request.auth.actor)
    answer = PaymentAnswer(result="updated", payment=payment_out(find_payment(id)))
    return Answer(answer, Logged.UPDATED, f"{found} used.")


@endpoint(
    "POST",
    "/payments/{id}/reverse",
    scope=Scope.BILLING_WRITE,
    flow=Flow.PAYMENTS,
    tag=TAG,
    summary="Reverse a payment",
    answers={200: PaymentAnswer},
    examples={
        "request": {"payment": {"reason": "Bounced"}},
        "response": {
            "result": "updated",
            "payment": {**_EXAMPLE, "is_reversed": True, "reverse_reason": "Bounced", "version": 2},
        },
    },
)
def reverse_one_payment(request: ApiRequest, id: UUID, body: ReverseReport) -> Answer:
    """The money did not come, or went back: its invoices are owed again."""
    found = find_payment(id)
    with under("payment"):
        reverse_payment(found, reason=body.payment.reason, acting_user=request.auth.actor)
    answer = PaymentAnswer(result="updated", payment=payment_out(find_payment(id)))
    return Answer(answer, Logged.UPDATED, f"{found} reversed.")


def _parts(given: list[PartIn], currency: str) -> list[tuple[Invoice, int]]:
    return [_part(f"invoices[{number}]", part, currency) for number, part in enumerate(given)]


def _part(place: str, part: PartIn, currency: str) -> tuple[Invoice, int]:
    invoice = named(f"{place}.id", lambda: find_invoice(part.id))
    return invoice, parse_money(part.amount, currency, field=f"{place}.amount")


def payment_out(row: Payment) -> PaymentOut:
    """A payment read with its customer and parts."""
    money: dict[str, Any] = {name: shown(getattr(row, name), row.currency) for name in ("amount", "credit")}
    plain = PaymentOut.model_fields.keys() - {"customer", "invoices", *money}
    return PaymentOut(
        **{name: getattr(row, name) for name in plain},
        **money,
        customer=Named(id=row.customer.id, number=row.customer.number),
        invoices=[
            PartOut(id=part.invoice.id, number=part.invoice.number, amount=shown(part.amount, row.currency))
            for part in row.parts.all()
        ],
    )
