"""Customers, and what tax law keeps of those who were invoiced. (Here, not in customers: invoices stand above them.)"""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from django.db.models import F, Q
from django.utils import timezone

from hangarlink.operations.billing.models import Invoice
from hangarlink.operations.customers.events import CustomerChanged
from hangarlink.operations.customers.models import Customer
from hangarlink.platform.audit.actions import record
from hangarlink.platform.events.actions import announce
from hangarlink.platform.privacy.registry import Erasure, Finding, Subject, Treatment, holds

REASON = (
    "An issued invoice names its recipient, and is kept for as long as tax law says (up to ten years in the EU): "
    "Directive 2006/112/EC, articles 226 and 244 to 248 (GDPR article 17(3)(b))."
)
CONTACT = {"email": "", "phone": "", "note": ""}
IDENTITY = ("name", "company", "street", "postal_code", "city", "region", "country", "tax_number")


@holds("Customers")
def find(subject: Subject) -> Iterator[Finding]:
    ids = customers_of(subject)
    invoiced = set(
        Invoice.objects.filter(customer_id__in=ids, issued_on__isnull=False).values_list("customer_id", flat=True)
    )
    free = [id for id in ids if id not in invoiced]
    yield _erased("customers that were never invoiced", free, {**CONTACT, **dict.fromkeys(IDENTITY[1:], "")}, "name")
    yield _erased("contact details of customers that were invoiced", list(invoiced), CONTACT, "")
    held = tuple(_values(list(invoiced), IDENTITY))
    yield Finding("recipients of issued invoices", len(held), Treatment.HOLD, REASON, held)


def customers_of(subject: Subject) -> list[UUID]:
    """Customers with the person's address, or that are the person by name."""
    wanted = Q(pk__in=[])
    if subject.email:
        wanted |= Q(email__iexact=subject.email)
    if subject.name:
        wanted |= Q(name__iexact=subject.name)
    return list(Customer.objects.filter(wanted).order_by("pk").values_list("pk", flat=True))


def _erased(what: str, ids: Sequence[UUID], values: dict[str, str], alias_column: str) -> Finding:
    def carry_out(erasure: Erasure) -> int:
        new = {**values, **({alias_column: erasure.alias} if alias_column else {})}
        # Not by the action: its audit row would keep for ever what is taken out here.
        changed = Customer.objects.filter(pk__in=ids).update(**new, version=F("version") + 1, updated_at=timezone.now())
        for customer in Customer.objects.filter(pk__in=ids):
            record(erasure.acting_user, customer, "personal_data_erased", new={"fields": sorted(new)})
            announce(CustomerChanged(customer.pk))
        return int(changed)

    found = tuple(_values(ids, (*IDENTITY, *CONTACT)))
    return Finding(what, len(ids), Treatment.PSEUDONYMISE, "", found, carry_out)


def _values(ids: Sequence[UUID], columns: Sequence[str]) -> Iterator[dict[str, Any]]:
    return iter(Customer.objects.filter(pk__in=ids).order_by("pk").values(*columns))
