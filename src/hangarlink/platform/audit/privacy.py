"""The audit trail: append-only in the database, so held, and said so."""

from collections.abc import Iterator

from django.db.models import Q

from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.people.permissions import ActorKind
from hangarlink.platform.privacy.finding import held
from hangarlink.platform.privacy.registry import Finding, Subject, holds

REASON = (
    "Who changed an airworthiness record, and when, must stay provable: EU 1321/2014 M.A.305 and CAMO.A.220, "
    "14 CFR 91.417 (GDPR article 17(3)(b)). The trail cannot be changed by anybody."
)


@holds("Audit trail")
def find(subject: Subject) -> Iterator[Finding]:
    did = Q(actor_kind=ActorKind.PERSON, actor_id=subject.user_id) if subject.user_id else Q(pk__in=[])
    about = Q(object_label__in=[text for text in (subject.name, subject.email) if text])
    columns = ("at", "actor_label", "object_type", "object_label", "action")
    yield held("entries by or about the person", AuditEntry.objects.filter(did | about), columns, reason=REASON)
