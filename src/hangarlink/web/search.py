"""The search in the top bar: what somebody types between two flights."""

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render

from hangarlink.fleet.models import Aircraft, AircraftModel
from hangarlink.operations.billing.models import Invoice
from hangarlink.operations.customers.models import Customer
from hangarlink.operations.trips.queries import trips
from hangarlink.web.access import PageRequest, page
from hangarlink.web.programme.reads import requirements

MOST = 20


@page(permission=None)
def search(request: PageRequest) -> HttpResponse:
    """Aircraft, models, requirements and customers whose name contains the text, and trips and invoices of that number;
    a single aircraft opens at once."""
    text = request.GET.get("q", "").replace("\x00", "").strip()[:100]
    found: dict[str, object] = {"search_text": text, "most": MOST}
    if text and request.actor.may("fleet.view"):
        aircraft = list(_aircraft(text)[:MOST])
        models = list(
            AircraftModel.objects.filter(Q(name__icontains=text) | Q(manufacturer__icontains=text)).order_by("name")[
                :MOST
            ]
        )
        if len(aircraft) == 1 and not models:
            return redirect("fleet:aircraft", aircraft_id=aircraft[0].pk)
        found |= {"aircraft": aircraft, "models": models}
    if text and request.actor.may("programme.view"):
        rows = requirements().filter(Q(reference__icontains=text) | Q(revisions__title__icontains=text))
        found["requirements"] = list(rows.order_by("reference")[:MOST])
    if text and request.actor.may("customers.view"):
        named = Q(name__icontains=text) | Q(company__icontains=text)
        found["customers"] = list(Customer.objects.filter(named).order_by("name")[:MOST])
    if text.isdecimal() and len(text) < 9:
        found |= _numbered(request, int(text))
    return render(request, "web/search.html", found)


def _numbered(request: PageRequest, number: int) -> dict[str, object]:
    """The trip and the invoice of that number, as far as they may be seen."""
    found: dict[str, object] = {}
    if request.actor.may("trips.view"):
        found["trip"] = trips().filter(number=number).first()
    if request.actor.may("billing.view"):
        found["invoice"] = Invoice.objects.select_related("customer").filter(number=number).first()
    return found


def _aircraft(text: str) -> QuerySet[Aircraft]:
    given = Q(registration__icontains=text) | Q(call_sign__icontains=text) | Q(serial_number__icontains=text)
    return Aircraft.objects.filter(given).select_related("aircraft_model").order_by("registration")
