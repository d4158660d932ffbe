"""How trips and invoices read inside other pages. Built in: no `{% load %}`."""

from datetime import date

from django import template

from hangarlink.operations.billing.models import Invoice
from hangarlink.operations.trips.models import Trip
from hangarlink.operations.trips.queries import route_of
from hangarlink.web.billing.words import status_word

register = template.Library()


@register.simple_tag
def invoice_status(invoice: Invoice, today: date) -> str:
    """Draft, Open, Overdue, Paid or Void."""
    return status_word(invoice, today)


@register.simple_tag
def route(trip: Trip) -> str:
    """ "EKRK–EKBI–EKRK"."""
    return route_of(trip)
