"""How billing reads on pages."""

from datetime import date

from hangarlink.operations.billing.models import Invoice
from hangarlink.operations.billing.rules import CategoryKind, Method, Status

# An issued invoice is open to whoever looks at it; "issued" is our word for its state.
STATUS_WORDS = {Status.DRAFT: "Draft", Status.ISSUED: "Open", Status.PAID: "Paid", Status.VOID: "Void"}
KIND_WORDS = {CategoryKind.INCOME: "Income, for invoices", CategoryKind.COST: "Cost, for expenses"}
METHOD_WORDS = {method: method.value.capitalize() for method in Method}


def status_word(invoice: Invoice, today: date) -> str:
    """Draft, Open, Overdue, Paid or Void."""
    return "Overdue" if invoice.is_overdue(today) else STATUS_WORDS[Status(invoice.status)]
