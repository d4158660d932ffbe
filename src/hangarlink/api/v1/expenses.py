"""Expenses: list, read, record, change, void."""

from datetime import date, datetime
from typing import Any, Literal
from uuid import UUID

from pydantic import Field

from hangarlink.api.endpoint import Answer
from hangarlink.api.errors import under
from hangarlink.api.gate import ApiRequest
from hangarlink.api.paging import DEFAULT_SIZE, PerPage
from hangarlink.api.v1.api import endpoint
from hangarlink.api.v1.commerce import Amount, Named, aircraft_of, recent, shown, trip_of
from hangarlink.api.v1.fields import Day, Incoming, Outgoing, Plain
from hangarlink.api.v1.invoices import category_of
from hangarlink.api.v1.outgoing import EXAMPLE_AIRCRAFT_NAME, AircraftName, Listing, aircraft_name
from hangarlink.integration.synclog.vocabulary import Flow
from hangarlink.integration.synclog.vocabulary import Verdict as Logged
from hangarlink.operations.billing.actions import ExpenseLineValues, change_expense, record_expense, void_expense
from hangarlink.operations.billing.models import Expense
from hangarlink.operations.billing.queries import expenses, find_expense
from hangarlink.platform.applications.scopes import Scope
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.money import checked_currency, parse_money

TAG = "Expenses"
_LINE = {"category": "fuel", "amount": "5200.00", "description": "Jet A-1, 650 l"}
_EXAMPLE_IN = {
    "expense": {
        "vendor": "Billund Handling",
        "spent_on": "2026-06-03",
        "currency": "DKK",
        "reference": "BH-8812",
        "aircraft": "SKA",
        "lines": [_LINE],
    }
}
_EXAMPLE = {
    "id": "0197379e-7c11-7a02-8a7d-5b1f0e2d4c05",
    "number": 21,
    "vendor": "Billund Handling",
    "spent_on": "2026-06-03",
    "currency": "DKK",
    "total": "5200.00",
    "reference": "BH-8812",
    "aircraft": EXAMPLE_AIRCRAFT_NAME,
    "trip": None,
    "is_void": False,
    "void_reason": "",
    "lines": [_LINE],
    "version": 1,
    "created_at": "2026-06-03T12:00:00Z",
    "updated_at": "2026-06-03T12:00:00Z",
}


class ExpenseLineIn(Incoming):
    category: Plain = Field(min_length=1, max_length=40, description="Key of a cost category for costs.")
    amount: Amount = Field(description="Other than zero; below zero for a discount.")
    description: Plain = Field("", max_length=300)


class ExpenseChanges(Incoming):
    """For PATCH: what is left out stays. `lines`, where given, replace those it has."""

    vendor: Plain | None = Field(None, min_length=1, max_length=120, description="Who was paid.")
    spent_on: Day | None = None
    reference: Plain | None = Field(None, max_length=120, description="Number of the receipt or bill.")
    aircraft: Plain | None = Field(
        None, max_length=120, description="Call sign, registration or id; null takes it away."
    )
    trip_id: UUID | None = Field(None, description="null takes it away.")
    lines: list[ExpenseLineIn] | None = Field(None, min_length=1, max_length=200)


class ExpenseWhole(ExpenseChanges):
    vendor: Plain = Field(min_length=1, max_length=120)
    spent_on: Day
    currency: Plain = Field(min_length=3, max_length=3)
    lines: list[ExpenseLineIn] = Field(min_length=1, max_length=200)


class ExpenseReport(Incoming):
    expense: ExpenseWhole


class ExpensePatch(Incoming):
    expense: ExpenseChanges


class ExpenseVoidIn(Incoming):
    reason: Plain = Field(min_length=1, max_length=300)


class ExpenseVoidReport(Incoming):
    expense: ExpenseVoidIn


class ExpenseLineOut(Outgoing):
    category: str
    amount: str
    description: str


class ExpenseOut(Outgoing):
    """Amounts are decimal text in the currency's main unit."""

    id: UUID
    number: int
    vendor: str
    spent_on: date
    currency: str
    total: str
    reference: str
    aircraft: AircraftName | None
    trip: Named | None
    is_void: bool
    void_reason: str
    lines: list[ExpenseLineOut]
    version: int
    created_at: datetime
    updated_at: datetime


class ExpenseList(Listing):
    expenses: list[ExpenseOut]


class ExpenseRead(Outgoing):
    expense: ExpenseOut


class ExpenseAnswer(Outgoing):
    result: Literal["created", "updated", "unchanged"]
    expense: ExpenseOut


@endpoint(
    "GET",
    "/expenses",
    scope=Scope.BILLING_READ,
    flow=Flow.EXPENSES,
    tag=TAG,
    summary="List expenses",
    answers={200: ExpenseList},
    examples={"response": {"total": 1, "next_cursor": None, "expenses": [_EXAMPLE]}},
)
def list_expenses(request: ApiRequest, cursor: str | None = None, per_page: PerPage = DEFAULT_SIZE) -> Answer:
    """All expenses, latest recorded first, each with its lines."""
    page, headers = recent(request, expenses(), cursor, per_page)
    rows = [expense_out(row) for row in page.rows]
    body = ExpenseList(total=page.total, next_cursor=page.next_cursor, expenses=rows)
    return Answer(body, Logged.READ, f"{len(rows)} expenses read.", count=len(rows), headers=headers)


@endpoint(
    "POST",
    "/expenses",
    scope=Scope.BILLING_WRITE,
    flow=Flow.EXPENSES,
    tag=TAG,
    summary="Record an expense",
    answers={201: ExpenseAnswer},
    examples={"request": _EXAMPLE_IN, "response": {"result": "created", "expense": _EXAMPLE}},
)
def create_expense(request: ApiRequest, body: ExpenseReport) -> Answer:
    """Records what was spent. Send an Idempotency-Key, so that a repeated request records it once."""
    given = body.expense
    with under("expense"):
        currency = checked_currency(given.currency)
        lines = _lines(given.lines, currency)
        made = record_expense(lines=lines, currency=currency, acting_user=request.auth.actor, **_values(given))
    answer = ExpenseAnswer(result="created", expense=expense_out(find_expense(made.id)))
    return Answer(answer, Logged.CREATED, f"{made} created.", status=201)


@endpoint(
    "GET",
    "/expenses/{id}",
    scope=Scope.BILLING_READ,
    flow=Flow.EXPENSES,
    tag=TAG,
    summary="Read an expense",
    answers={200: ExpenseRead},
    examples={"response": {"expense": _EXAMPLE}},
)
def read_expense(request: ApiRequest, id: UUID) -> Answer:  # noqa: ARG001 - every operation takes the request
    """One expense with its lines."""
    found = find_expense(id)
    return Answer(ExpenseRead(expense=expense_out(found)), Logged.READ, f"{found} read.")


@endpoint(
    "PATCH",
    "/expenses/{id}",
    scope=Scope.BILLING_WRITE,
    flow=Flow.EXPENSES,
    tag=TAG,
    summary="Change an expense",
    answers={200: ExpenseAnswer},
    examples={
        "request": {"expense": {"reference": "BH-8813"}},
        "response": {"result": "updated", "expense": {**_EXAMPLE, "reference": "BH-8813", "version": 2}},
    },
)
def change_some_of_expense(request: ApiRequest, id: UUID, body: ExpensePatch) -> Answer:
    """Sets what is given. The currency stays: its lines are in it."""
    found, given = find_expense(id), body.expense
    with under("expense"):
        lines = _lines(given.lines, found.currency) if given.lines is not None else None
        change_expense(found, lines=lines, acting_user=request.auth.actor, **_values(given))
    return _answer(found)


@endpoint(
    "POST",
    "/expenses/{id}/void",
    scope=Scope.BILLING_WRITE,
    flow=Flow.EXPENSES,
    tag=TAG,
    summary="Void an expense",
    answers={200: ExpenseAnswer},
    examples={
        "request": {"expense": {"reason": "Recorded twice"}},
        "response": {
            "result": "updated",
            "expense": {**_EXAMPLE, "is_void": True, "void_reason": "Recorded twice", "version": 2},
        },
    },
)
def void_one_expense(request: ApiRequest, id: UUID, body: ExpenseVoidReport) -> Answer:
    """It was not spent after all. It stays readable."""
    found = find_expense(id)
    with under("expense"):
        void_expense(found, reason=body.expense.reason, acting_user=request.auth.actor)
    return _answer(found)


def expense_out(row: Expense) -> ExpenseOut:
    """An expense read with aircraft, trip and lines."""
    plain = ExpenseOut.model_fields.keys() - {"total", "aircraft", "trip", "lines"}
    return ExpenseOut(
        **{name: getattr(row, name) for name in plain},
        total=shown(row.total, row.currency),
        aircraft=aircraft_name(row.aircraft) if row.aircraft else None,
        trip=Named(id=row.trip.id, number=row.trip.number) if row.trip else None,
        lines=[
            ExpenseLineOut(
                category=line.category.key, amount=shown(line.amount, row.currency), description=line.description
            )
            for line in row.lines.all()
        ],
    )


def _answer(before: Expense) -> Answer:
    after = find_expense(before.id)
    same = after.version == before.version
    result: Literal["unchanged", "updated"] = "unchanged" if same else "updated"
    body = ExpenseAnswer(result=result, expense=expense_out(after))
    return Answer(body, Logged.UNCHANGED if same else Logged.UPDATED, f"{after} {result}.")


def _values(given: ExpenseChanges) -> Any:
    told = given.model_fields_set
    values: dict[str, Any] = {}
    for name in ("vendor", "spent_on", "reference"):
        if name in told:
            if getattr(given, name) is None:
                raise RuleBroken("cannot be null. Leave it out to keep it.", field=name)
            values[name] = getattr(given, name)
    if "aircraft" in told:
        values["aircraft"] = aircraft_of(given.aircraft)
    if "trip_id" in told:
        values["trip"] = trip_of(given.trip_id)
    return values


def _lines(given: list[ExpenseLineIn], currency: str) -> list[ExpenseLineValues]:
    return [_line(f"lines[{number}]", line, currency) for number, line in enumerate(given)]


def _line(place: str, line: ExpenseLineIn, currency: str) -> ExpenseLineValues:
    category = category_of(line.category, f"{place}.category")
    if category is None:
        raise RuleBroken("A line of an expense needs its category.", field=f"{place}.category")
    amount = parse_money(line.amount, currency, field=f"{place}.amount")
    return ExpenseLineValues(category=category, amount=amount, description=line.description)
