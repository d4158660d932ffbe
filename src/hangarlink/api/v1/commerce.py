"""What the endpoints of customers, trips and billing share: references, amounts, pages."""

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from pydantic import BeforeValidator, WithJsonSchema

from hangarlink.api.gate import ApiRequest
from hangarlink.api.paging import Page, page_of
from hangarlink.api.v1.fields import Outgoing, wrong
from hangarlink.fleet.models import Aircraft
from hangarlink.fleet.queries import find_aircraft
from hangarlink.operations.customers.models import Customer
from hangarlink.operations.trips.models import Trip
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.money import Money

M = TypeVar("M", bound=Model)
R = TypeVar("R")


class Named(Outgoing):
    """Enough to recognise a record."""

    id: UUID
    number: int


def _amount(value: object) -> int | Decimal | str:
    if type(value) is int or isinstance(value, Decimal) or (isinstance(value, str) and 0 < len(value) <= 40):
        return value
    raise wrong(value, 'is not an amount. Send it in the currency\'s main unit, such as 1234.50 or "1234.50".')


_AMOUNT = {
    "anyOf": [{"type": "string", "pattern": r"^-?[0-9]+([.][0-9]+)?$"}, {"type": "number"}],
    "description": "In the currency's main unit, with no more decimals than it has. Read exactly.",
}
# Read with the record's currency by parse_money.
Amount = Annotated[Any, BeforeValidator(_amount), WithJsonSchema(_AMOUNT)]


def shown(minor: int, currency: str) -> str:
    """ "1234.50", with the currency's own number of decimals."""
    return f"{Money(minor, currency).decimal():f}"


def named(field: str, find: Callable[[], R]) -> R:
    """What the body refers to; a reference that leads nowhere is the body's fault, not the address's."""
    try:
        return find()
    except Missing as refused:
        raise RuleBroken(str(refused), field=field) from None


def customer_of(given: UUID | None) -> Customer | None:
    return None if given is None else _one(Customer.objects.filter(pk=given), "customer", given, "customer_id")


def trip_of(given: UUID | None) -> Trip | None:
    return None if given is None else _one(Trip.objects.filter(pk=given), "trip", given, "trip_id")


def aircraft_of(given: str | None) -> Aircraft | None:
    """By call sign, then registration, then id; "" and None are none."""
    return named("aircraft", lambda: find_aircraft(given)) if given else None


def recent(request: ApiRequest, rows: QuerySet[M], cursor: str | None, size: int) -> tuple[Page[M], dict[str, str]]:
    """A page, latest made first, and the Link header to the next."""
    page = page_of(rows, "-created_at", "-id", cursor=cursor, size=size)
    return page, page.link(request)


def _one(rows: QuerySet[M], what: str, given: UUID, field: str) -> M:
    found = rows.first()
    if found is None:
        raise RuleBroken(f"There is no {what} with the id {given} in this account.", field=field)
    return found
