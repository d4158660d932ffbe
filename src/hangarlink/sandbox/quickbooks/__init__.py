"""A sandbox QuickBooks Online: Intuit's OAuth, the documented API over invented books, and signed webhooks.

from hangarlink.sandbox.quickbooks import CLIENT_ID, CLIENT_SECRET, Company, QuickBooksApp, fill
from hangarlink.sandbox.server import Served

with Served(QuickBooksApp(Company(recipe=fill))) as quickbooks:
    quickbooks.app.faults.add("lost_response", operation="create", entity="Invoice")
    ...                  # point a client at quickbooks.url; paths are QuickBooks' own
    quickbooks.app.company.pay(invoice_id, "100.00")
"""

from hangarlink.sandbox.quickbooks.app import QuickBooksApp
from hangarlink.sandbox.quickbooks.company import Company
from hangarlink.sandbox.quickbooks.demo import fill
from hangarlink.sandbox.quickbooks.faults import Fault, Faults
from hangarlink.sandbox.quickbooks.limits import UNLIMITED, Limits
from hangarlink.sandbox.quickbooks.oauth import CLIENT_ID, CLIENT_SECRET, SCOPE, VERIFIER_TOKEN, App
from hangarlink.sandbox.quickbooks.refusals import Refusal
from hangarlink.sandbox.quickbooks.webhooks import Webhooks, signature

__all__ = [
    "CLIENT_ID",
    "CLIENT_SECRET",
    "SCOPE",
    "UNLIMITED",
    "VERIFIER_TOKEN",
    "App",
    "Company",
    "Fault",
    "Faults",
    "Limits",
    "QuickBooksApp",
    "Refusal",
    "Webhooks",
    "fill",
    "signature",
]
