"""Pages of billing: invoices, payments, expenses, cost categories."""
