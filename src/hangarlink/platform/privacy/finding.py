"""Helpers for the rooms: a queryset of records that name somebody, as a finding."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower

from hangarlink.platform.privacy.registry import Erasure, Finding, Subject, Treatment

MOST = 5_000


def named_in(rows: "QuerySet[Any]", column: str, subject: Subject) -> "QuerySet[Any]":
    """Rows whose text column holds nothing but the person's name or address, case apart."""
    if not subject.names:
        return rows.none()
    named: QuerySet[Any] = rows.annotate(_named=Lower(column)).filter(_named__in=subject.names)
    return named


def done_by(rows: "QuerySet[Any]", subject: Subject, *, id_column: str, label_column: str = "") -> "QuerySet[Any]":
    """Rows that point at the person by id, or by the label alone where there is no id."""
    chosen = Q(pk__in=[])
    if subject.user_id is not None:
        chosen |= Q(**{id_column: subject.user_id})
    if label_column and subject.names:
        rows = rows.annotate(_label=Lower(label_column))
        chosen |= Q(**{f"{id_column}__isnull": True, "_label__in": subject.names})
    return rows.filter(chosen)


def held(what: str, rows: "QuerySet[Any]", columns: Sequence[str], *, reason: str) -> Finding:
    """Kept, and said why."""
    return Finding(what, rows.count(), Treatment.HOLD, reason, _records(rows, columns))


def relabelled(what: str, rows: "QuerySet[Any]", columns: Sequence[str], *, column: str) -> Finding:
    """The record stays; where the person stood, the alias stands."""
    pks = _keys(rows)

    def carry_out(erasure: Erasure) -> int:
        return int(rows.model.objects.filter(pk__in=pks).update(**{column: erasure.alias}))

    return Finding(what, len(pks), Treatment.PSEUDONYMISE, "", _records(rows, columns), carry_out)


def deleted(what: str, rows: "QuerySet[Any]", columns: Sequence[str]) -> Finding:
    pks = _keys(rows)

    def carry_out(_erasure: Erasure) -> int:
        rows.model.objects.filter(pk__in=pks).delete()
        return len(pks)

    return Finding(what, len(pks), Treatment.ERASE, "", _records(rows, columns), carry_out)


def _keys(rows: "QuerySet[Any]") -> list[Any]:
    """Which rows it is about, settled now: another room's erasure may change by what they were found."""
    return list(rows.values_list("pk", flat=True))


def _records(rows: "QuerySet[Any]", columns: Sequence[str]) -> tuple[dict[str, Any], ...]:
    return tuple(dict(row) for row in rows.order_by("pk").values(*columns)[:MOST])
