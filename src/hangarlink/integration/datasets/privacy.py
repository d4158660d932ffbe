"""What the hub remembers of customers: what partners said of them, lines of runs, questions about both versions."""

from collections.abc import Iterator, Sequence
from typing import Any

from django.db.models import Q

from hangarlink.integration.conflicts.models import Review
from hangarlink.integration.connections.models import Link
from hangarlink.integration.contract import Dataset
from hangarlink.integration.synclog.models import SyncRecord
from hangarlink.operations.billing.privacy import customers_of
from hangarlink.platform.privacy.registry import Erasure, Finding, Subject, Treatment, holds


@holds("Integrations")
def find(subject: Subject) -> Iterator[Finding]:
    ids = customers_of(subject)
    links = Link.objects.filter(dataset=Dataset.CUSTOMERS, internal_id__in=ids)
    known = [(link.pk, link.connection_id, link.external_id) for link in links]
    yield _blanked(
        "what partners said of the person", Link, [pk for pk, _, _ in known], "label", ("label", "facts"), {"facts": {}}
    )
    lines = SyncRecord.objects.filter(dataset=Dataset.CUSTOMERS, internal_id__in=ids)
    told = SyncRecord.objects.filter(dataset=Dataset.CUSTOMERS, external_id__in=[external for _, _, external in known])
    gone = {"old": None, "new": None, "payload": None, "reason": "", "is_open": False}
    pks = [*lines.values_list("pk", flat=True), *told.values_list("pk", flat=True)]
    yield _blanked("lines of sync runs", SyncRecord, pks, "subject", ("subject", "old", "new"), gone)
    of_them = Q(internal_id__in=ids)
    for id in ids:
        of_them |= Q(candidates__contains=[str(id)])
    asked = Review.objects.filter(of_them, dataset=Dataset.CUSTOMERS).values_list("pk", flat=True)
    both = {"ours": None, "theirs": None, "base": None}
    yield _blanked("versions kept for review", Review, list(asked), "subject", ("subject", "ours", "theirs"), both)


def _blanked(
    what: str, model: Any, pks: Sequence[Any], label: str, shown: Sequence[str], values: dict[str, Any]
) -> Finding:
    def carry_out(erasure: Erasure) -> int:
        return int(model.objects.filter(pk__in=pks).update(**{label: erasure.alias}, **values))

    records = tuple(dict(row) for row in model.objects.filter(pk__in=pks).order_by("pk").values(*shown))
    return Finding(what, len(records), Treatment.PSEUDONYMISE, "", records, carry_out)
