"""Customers, both ways. Who is here already is found by e-mail address or name; see `likeness`."""

from collections.abc import Mapping, Sequence
from typing import Any, cast
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower

from hangarlink.integration.connections.models import Connection, Link
from hangarlink.integration.contract import Customer, Dataset
from hangarlink.integration.datasets.likeness import Called, Likeness, likenesses
from hangarlink.integration.datasets.outcome import Context
from hangarlink.integration.datasets.ports import Incoming, Ours, Room, Taken
from hangarlink.integration.synclog.vocabulary import Verdict
from hangarlink.operations.customers.actions import CustomerValues
from hangarlink.operations.customers.importing import Imported, Told, import_customers
from hangarlink.operations.customers.models import Customer as Row

SAME = ("name", "company", "email", "phone", "street", "city", "region", "postal_code", "country")


class Customers(Room):
    dataset = Dataset.CUSTOMERS
    announced = ("customer.",)
    needs = frozenset({"customers.view", "customers.manage"})
    is_personal = True
    silent = frozenset({"currency"})

    def rows(self) -> QuerySet[Any]:
        return Row.objects.all()

    def read(self, ids: Sequence[UUID]) -> dict[UUID, Ours[Customer]]:
        return {row.id: _ours(row) for row in Row.objects.filter(pk__in=ids)}

    def resembling(self, records: Sequence[Customer], connection: Connection) -> Mapping[str, Likeness]:
        """One query. PostgreSQL narrows it down roughly; what is alike, `likeness` decides."""
        told = [Called(one.external_id, one.name, one.email) for one in records]
        names = {one.name.strip().lower() for one in told} | {one.name.strip().casefold() for one in told}
        emails = {one.email.strip().lower() for one in told if one.email}
        linked = Link.objects.filter(connection=connection, dataset=self.dataset, internal_id=OuterRef("pk"))
        rows = Row.objects.filter(~Exists(linked)).annotate(low_name=Lower("name"), low_email=Lower("email"))
        alike = rows.filter(Q(low_name__in=names) | Q(low_email__in=emails)).values_list("pk", "name", "email")
        return likenesses(told, [Called(str(pk), name, email) for pk, name, email in alike])

    def take(self, incoming: Sequence[Incoming[Customer]], context: Context) -> list[Taken]:
        told = [Told(one.id, _values(one.record), one.record.is_active) for one in incoming]
        return [_taken(one) for one in import_customers(told, acting_user=context.actor)]


def _values(record: Customer) -> CustomerValues:
    values: Any = {name: getattr(record, name) for name in SAME}
    values["note"] = record.notes
    if record.currency:
        values["currency"] = record.currency
    return cast(CustomerValues, values)


def _taken(one: Imported) -> Taken:
    if one.customer is None:
        return Taken(Verdict.REJECTED, code="refused", reason=one.refusal)
    verdict = Verdict.CREATED if one.is_new else Verdict.UPDATED if one.is_changed else Verdict.UNCHANGED
    return Taken(verdict, one.customer.id, one.customer.version)


def _ours(row: Row) -> Ours[Customer]:
    record = Customer(
        "",
        **{name: getattr(row, name) for name in SAME},
        currency=row.currency,
        notes=row.note,
        is_active=row.is_active,
    )
    return Ours(row.id, row.version, row.updated_at, record, row.name)
