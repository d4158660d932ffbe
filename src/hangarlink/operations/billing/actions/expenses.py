"""Expenses: record, change, void."""

from collections.abc import Sequence
from datetime import date
from typing import Any, TypedDict, Unpack

from django.db.transaction import atomic
from django.utils import timezone

from hangarlink.fleet.models import Aircraft
from hangarlink.fleet.rows import locked, touch, write
from hangarlink.fleet.rules import texts
from hangarlink.operations.billing import events, rules
from hangarlink.operations.billing.actions.checks import category_id, not_later_than_today, ours, told
from hangarlink.operations.billing.models import CostCategory, Expense, ExpenseLine
from hangarlink.operations.billing.rules import CategoryKind
from hangarlink.operations.trips.models import Trip
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.events.registry import Event
from hangarlink.platform.money import Money, checked_currency, checked_minor
from hangarlink.platform.numbering.actions import next_number
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account


class ExpenseValues(TypedDict, total=False):
    """What may be said about an expense; vendor, spent_on and currency are needed."""

    vendor: str
    spent_on: date
    currency: str
    reference: str
    aircraft: Aircraft | None
    trip: Trip | None


class ExpenseLineValues(TypedDict, total=False):
    """A line: its category and amount (minor units; a negative one is a discount) are needed."""

    category: CostCategory
    amount: int
    description: str


@atomic
def record_expense(
    *, lines: Sequence[ExpenseLineValues], acting_user: Actor, **values: Unpack[ExpenseValues]
) -> Expense:
    """Record what was spent. Event: expense.recorded. Raises RuleBroken ("lines[0].amount"), Missing."""
    require(acting_user, "billing.manage")
    for name in ("vendor", "spent_on", "currency"):
        if not values.get(name):
            raise RuleBroken(f"An expense needs its {name.replace('_', ' ')}.", field=name)
    checked = _checked(values)
    expense = Expense(account=current_account(), **checked)
    made = _lines(expense, lines)
    expense.number = next_number("expense")
    expense.save(force_insert=True)
    ExpenseLine.objects.bulk_create(made)
    record(acting_user, expense, "recorded", new={**checked, "total": expense.total, "lines": len(made)})
    _announce(events.ExpenseRecorded, expense)
    return expense


@atomic
def change_expense(
    expense: Expense,
    *,
    lines: Sequence[ExpenseLineValues] | None = None,
    acting_user: Actor,
    **values: Unpack[ExpenseValues],
) -> Expense:
    """Change the given values; lines, where given, replace those it has. Event: expense.changed."""
    require(acting_user, "billing.manage")
    held = locked(expense, "expense")
    _check_not_void(held)
    changed = write(held, _checked(values), "changed", acting_user)
    if lines is not None:
        old = _told_lines(held)
        made = _lines(held, lines)
        held.lines.all().delete()
        ExpenseLine.objects.bulk_create(made)
        if (new := _told_lines(held)) != old:
            touch(held, "total")
            record(acting_user, held, "lines replaced", old={"lines": old}, new={"lines": new})
            changed = (*changed, "lines")
    if changed:
        announce(events.ExpenseChanged(held.id, held.aircraft_id, held.trip_id, changed))
    return held


@atomic
def void_expense(expense: Expense, *, reason: str, acting_user: Actor) -> Expense:
    """Say that it was not spent after all. It stays readable. Event: expense.voided."""
    require(acting_user, "billing.manage")
    held = locked(expense, "expense")
    _check_not_void(held)
    why = told(reason, field="reason", ask="Say why the expense is withdrawn.")
    write(held, {"voided_at": timezone.now(), "void_reason": why}, "voided", acting_user)
    _announce(events.ExpenseVoided, held)
    return held


def _check_not_void(expense: Expense) -> None:
    if expense.is_void:
        raise RuleBroken("The expense is withdrawn: it stays as it is.", field="status")


def _checked(values: ExpenseValues) -> dict[str, Any]:
    checked: dict[str, Any] = dict(values)
    if "vendor" in checked:
        checked["vendor"] = told(checked["vendor"], field="vendor", ask="Say to whom it was paid.", limit=120)
    if "spent_on" in checked:
        checked["spent_on"] = not_later_than_today(checked["spent_on"], field="spent_on")
    if "currency" in checked:
        checked["currency"] = checked_currency(checked["currency"])
    if "reference" in checked:
        checked["reference"] = texts.line(checked["reference"], field="reference", limit=120)
    for name in ("aircraft", "trip"):
        if name in checked:
            row = checked.pop(name)
            checked[f"{name}_id"] = ours(row, name).pk if row is not None else None
    return checked


def _lines(expense: Expense, lines: Sequence[ExpenseLineValues]) -> list[ExpenseLine]:
    """The lines, unsaved; sets the total."""
    if not 1 <= len(lines) <= rules.MOST_LINES:
        raise RuleBroken(f"An expense has 1 to {rules.MOST_LINES} lines; these are {len(lines)}.", field="lines")
    made = [_line(expense, number, line) for number, line in enumerate(lines)]
    expense.total = checked_minor(rules.total_of([line.amount for line in made]), expense.currency, field="lines")
    if expense.total <= 0:
        raise RuleBroken(
            f"The lines come to {Money(expense.total, expense.currency)}: nothing was spent.", field="lines"
        )
    return made


def _line(expense: Expense, number: int, values: ExpenseLineValues) -> ExpenseLine:
    field = f"lines[{number}]"
    category = values.get("category")
    if category is None:
        raise RuleBroken("A line of an expense needs its category.", field=f"{field}.category")
    amount = checked_minor(values.get("amount") or 0, expense.currency, field=f"{field}.amount")
    if amount == 0:
        raise RuleBroken("A line of an expense needs an amount other than zero.", field=f"{field}.amount")
    try:
        category_id(category, CategoryKind.COST)
    except (RuleBroken, Missing) as refused:
        raise type(refused)(str(refused), field=f"{field}.category") from None
    description = texts.line(values.get("description", ""), field=f"{field}.description", limit=300)
    return ExpenseLine(
        account=current_account(), expense=expense, position=number + 1, category=category, amount=amount,
        description=description,
    )  # fmt: skip


def _told_lines(expense: Expense) -> list[list[Any]]:
    rows = expense.lines.order_by("position").values_list("category__key", "amount", "description")
    return [list(row) for row in rows]


def _announce(fact: type[Event], expense: Expense) -> None:
    announce(fact(expense.id, expense.aircraft_id, expense.trip_id))  # type: ignore[call-arg]
