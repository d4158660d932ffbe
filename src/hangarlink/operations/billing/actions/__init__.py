"""The verbs of billing."""

from hangarlink.operations.billing.actions.categories import (
    add_category,
    add_usual_categories,
    archive_category,
    change_category,
    restore_category,
)
from hangarlink.operations.billing.actions.expenses import (
    ExpenseLineValues,
    ExpenseValues,
    change_expense,
    record_expense,
    void_expense,
)
from hangarlink.operations.billing.actions.invoices import (
    change_invoice,
    draft_invoice,
    draft_invoice_of_trip,
    issue_invoice,
    void_invoice,
)
from hangarlink.operations.billing.actions.lines import LineValues, add_line, change_line, remove_line, replace_lines
from hangarlink.operations.billing.actions.payments import record_payment, reverse_payment, use_credit

__all__ = [
    "ExpenseLineValues",
    "ExpenseValues",
    "LineValues",
    "add_category",
    "add_line",
    "add_usual_categories",
    "archive_category",
    "change_category",
    "change_expense",
    "change_invoice",
    "change_line",
    "draft_invoice",
    "draft_invoice_of_trip",
    "issue_invoice",
    "record_expense",
    "record_payment",
    "remove_line",
    "replace_lines",
    "restore_category",
    "reverse_payment",
    "use_credit",
    "void_expense",
    "void_invoice",
]
