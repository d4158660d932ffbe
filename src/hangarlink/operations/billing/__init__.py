"""Billing: invoices, payments, expenses and the cost categories that both are sorted by.

Money is whole minor units with a currency. An issued invoice stays as it is: it is voided, never rewritten. Tax is not
worked out here: where it is due it is a line.
"""
