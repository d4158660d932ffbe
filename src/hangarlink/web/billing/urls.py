"""Addresses of billing."""

from django.urls import path

from hangarlink.web.billing import categories, expenses, invoice, invoice_list, payments

app_name = "billing"
urlpatterns = [
    path("invoices/", invoice_list.invoices, name="invoices"),
    path("invoices/new/", invoice.new_invoice, name="new_invoice"),
    path("invoices/<uuid:invoice_id>/", invoice.invoice, name="invoice"),
    path("invoices/<uuid:invoice_id>/paper/", invoice.paper, name="paper"),
    path("invoices/<uuid:invoice_id>/edit/", invoice.edit_invoice, name="edit_invoice"),
    path("invoices/<uuid:invoice_id>/lines/new/", invoice.new_line, name="new_line"),
    path("invoices/<uuid:invoice_id>/lines/<uuid:line_id>/", invoice.edit_line, name="edit_line"),
    path("invoices/<uuid:invoice_id>/lines/<uuid:line_id>/remove/", invoice.delete_line, name="remove_line"),
    path("invoices/<uuid:invoice_id>/issue/", invoice.issue, name="issue"),
    path("invoices/<uuid:invoice_id>/void/", invoice.void, name="void"),
    path("invoices/<uuid:invoice_id>/pay/", payments.pay_invoice, name="pay"),
    path("trips/<uuid:trip_id>/invoice/", invoice.invoice_trip, name="invoice_trip"),
    path("payments/", payments.all_payments, name="payments"),
    path("payments/new/", payments.new_payment, name="new_payment"),
    path("payments/<uuid:payment_id>/", payments.payment, name="payment"),
    path("payments/<uuid:payment_id>/use/<uuid:invoice_id>/", payments.use, name="use_credit"),
    path("payments/<uuid:payment_id>/reverse/", payments.reverse_, name="reverse_payment"),
    path("expenses/", expenses.all_expenses, name="expenses"),
    path("expenses/new/", expenses.new_expense, name="new_expense"),
    path("expenses/<uuid:expense_id>/", expenses.expense, name="expense"),
    path("expenses/<uuid:expense_id>/edit/", expenses.edit_expense, name="edit_expense"),
    path("expenses/<uuid:expense_id>/void/", expenses.void, name="void_expense"),
    path("cost-categories/", categories.all_categories, name="categories"),
    path("cost-categories/new/", categories.new_category, name="new_category"),
    path("cost-categories/usual/", categories.usual, name="usual_categories"),
    path("cost-categories/<uuid:category_id>/", categories.edit_category, name="edit_category"),
    path("cost-categories/<uuid:category_id>/archive/", categories.archive, name="archive_category"),
]
