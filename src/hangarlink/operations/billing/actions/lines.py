"""Lines of a draft: add, change, remove, replace."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, TypedDict, Unpack

from django.db.models import Max, Sum
from django.db.transaction import atomic

from hangarlink.fleet.actions.refusing import existing
from hangarlink.fleet.rows import locked, touch
from hangarlink.operations.billing import events, rules
from hangarlink.operations.billing.actions.checks import category_id, told
from hangarlink.operations.billing.models import CostCategory, Invoice, InvoiceLine
from hangarlink.operations.billing.rules import CategoryKind, Status
from hangarlink.platform.audit.actions import changes, record
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.money import checked_minor
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account


class LineValues(TypedDict, total=False):
    """What may be said about a line; description, quantity and unit_price (minor units, may be negative) are needed."""

    description: str
    quantity: Decimal
    unit_price: int
    category: CostCategory | None


@atomic
def add_line(invoice: Invoice, *, acting_user: Actor, **values: Unpack[LineValues]) -> InvoiceLine:
    """Add a line behind the others of a draft. Event: invoice.changed."""
    require(acting_user, "billing.manage")
    held = _draft(invoice)
    if held.lines.count() >= rules.MOST_LINES:
        raise RuleBroken(f"An invoice has at most {rules.MOST_LINES} lines.", field="lines")
    position = (held.lines.aggregate(last=Max("position"))["last"] or 0) + 1
    line = _line(held, position, values)
    line.save(force_insert=True)
    _lines_changed(held)
    record(acting_user, held, "line added", new={"line": line.description, "amount": line.amount})
    return line


@atomic
def change_line(line: InvoiceLine, *, acting_user: Actor, **values: Unpack[LineValues]) -> InvoiceLine:
    """Change a line of a draft. Event: invoice.changed, unless nothing differs."""
    require(acting_user, "billing.manage")
    held = _draft(line.invoice)
    line = existing(held.lines.filter(pk=line.pk), "line")
    old, new = changes(line, _checked(held, values))
    if not new:
        return line
    for name, value in new.items():
        setattr(line, name, value)
    line.amount = rules.line_amount(line.quantity, line.unit_price)
    checked_minor(line.amount, held.currency, field="unit_price")
    line.save(update_fields=[*new, "amount"])
    _lines_changed(held)
    record(acting_user, held, "line changed", old=old, new={**new, "line": line.description, "amount": line.amount})
    return line


@atomic
def remove_line(line: InvoiceLine, *, acting_user: Actor) -> None:
    """Take a line out of a draft; the audit trail keeps it. Event: invoice.changed."""
    require(acting_user, "billing.manage")
    held = _draft(line.invoice)
    line = existing(held.lines.filter(pk=line.pk), "line")
    record(acting_user, held, "line removed", old={"line": line.description, "amount": line.amount})
    line.delete()
    _lines_changed(held)


@atomic
def replace_lines(invoice: Invoice, lines: Sequence[LineValues], *, acting_user: Actor) -> Invoice:
    """Give a draft these lines instead of those it has. Event: invoice.changed."""
    require(acting_user, "billing.manage")
    held = _draft(invoice)
    old = list(held.lines.order_by("position").values_list("description", "amount"))
    held.lines.all().delete()
    make_lines(held, lines)
    _lines_changed(held)
    new = list(held.lines.order_by("position").values_list("description", "amount"))
    record(acting_user, held, "lines replaced", old={"lines": old}, new={"lines": new})
    return held


def make_lines(invoice: Invoice, lines: Sequence[LineValues]) -> list[int]:
    """Write the lines of an invoice that has none; their amounts. Refusals name the line: "lines[0].quantity"."""
    if len(lines) > rules.MOST_LINES:
        raise RuleBroken(f"These are {len(lines)} lines; an invoice has at most {rules.MOST_LINES}.", field="lines")
    made = [_named(number, invoice, values) for number, values in enumerate(lines)]
    InvoiceLine.objects.bulk_create(made)
    return [line.amount for line in made]


def _named(number: int, invoice: Invoice, values: LineValues) -> InvoiceLine:
    try:
        return _line(invoice, number + 1, values)
    except (RuleBroken, Missing) as refused:
        raise type(refused)(str(refused), field=f"lines[{number}].{refused.field}") from None


def _line(invoice: Invoice, position: int, values: LineValues) -> InvoiceLine:
    for name in ("description", "quantity", "unit_price"):
        if values.get(name) is None:
            raise RuleBroken(f"A line needs its {name.replace('_', ' ')}.", field=name)
    checked = _checked(invoice, values)
    amount = rules.line_amount(checked["quantity"], checked["unit_price"])
    checked_minor(amount, invoice.currency, field="unit_price")
    return InvoiceLine(account=current_account(), invoice=invoice, position=position, amount=amount, **checked)


def _checked(invoice: Invoice, values: LineValues) -> dict[str, Any]:
    checked: dict[str, Any] = dict(values)
    if "description" in checked:
        ask = "Say what the line is for."
        checked["description"] = told(checked["description"], field="description", ask=ask)
    if "quantity" in checked:
        checked["quantity"] = rules.checked_quantity(checked["quantity"])
    if "unit_price" in checked:
        checked_minor(checked["unit_price"], invoice.currency, field="unit_price")
    if "category" in checked:
        checked["category_id"] = category_id(checked.pop("category"), CategoryKind.INCOME)
    return checked


def _draft(invoice: Invoice) -> Invoice:
    held = locked(invoice, "invoice")
    rules.check_draft(Status(held.status))
    return held


def _lines_changed(invoice: Invoice) -> None:
    invoice.total = invoice.lines.aggregate(total=Sum("amount"))["total"] or 0
    touch(invoice, "total")
    announce(events.InvoiceChanged(invoice.id, invoice.customer_id, invoice.trip_id, ("lines",)))
