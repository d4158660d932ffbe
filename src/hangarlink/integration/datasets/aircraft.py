"""Adapter: the partner's fleet list -> links and mapping proposals. It never writes an aircraft of ours."""

from collections.abc import Mapping, Sequence
from typing import Any

from hangarlink.integration.connections.models import Link, LinkState
from hangarlink.integration.contract import Aircraft, Dataset, by_source
from hangarlink.integration.datasets.feeding import mappings_of, propose_mappings
from hangarlink.integration.datasets.linking import Linked, link_aircraft, our_fleet
from hangarlink.integration.datasets.outcome import Context, Outcome
from hangarlink.integration.synclog.vocabulary import Verdict


def apply(records: Sequence[Aircraft], deleted: Sequence[str], context: Context) -> list[Outcome]:
    """Link a page of aircraft. CREATED: linked now; UPDATED: the partner says something else of it than before."""
    del deleted  # a partner's aircraft that is gone shows by its absence from a complete list
    linked = link_aircraft(records, context, told_fully=True)
    links = {one.link.id: one.link for one in linked.values() if one.link.state == LinkState.LINKED}
    logs = {linked[one.external_id].link.id: by_source(one.logs or ()) for one in records}
    mapped = mappings_of(links.values())
    propose_mappings({link_id: logs[link_id] for link_id in links}, links, mapped)
    names = {one.id: one.registration for one in our_fleet().all} if context.explain else {}
    return [
        _outcome(one, names.get(one.link.internal_id, "") if one.link.internal_id else "") for one in linked.values()
    ]


def failed(record: Aircraft, reason: str) -> Outcome:
    return Outcome(record.external_id, Verdict.FAILED, record.external_id, code="internal", reason=reason)


def again(payload: Mapping[str, Any]) -> Aircraft:
    del payload
    raise LookupError("Nothing of this dataset is kept for another try.")


def absent(seen: set[str], context: Context) -> list[Outcome]:
    """After a complete list: links of aircraft that were not in it are flagged. Nothing is undone for them."""
    gone = list(
        Link.objects.filter(
            connection=context.connection, dataset=Dataset.AIRCRAFT, is_listed=True, state=LinkState.LINKED
        ).exclude(external_id__in=seen)
    )
    Link.objects.filter(pk__in=[link.pk for link in gone]).update(is_listed=False, changed_at=context.now)
    return [
        Outcome(
            link.external_id,
            Verdict.UPDATED,
            subject=link.label,
            code="not_listed",
            reason="The partner no longer lists this aircraft. It stays linked.",
            internal_id=link.internal_id,
            old={"listed": True},
            new={"listed": False},
        )
        for link in gone
    ]


def _outcome(one: Linked, registration: str) -> Outcome:
    new = {"linked to": registration} if one.verdict is Verdict.CREATED and registration else one.new
    return Outcome(
        one.link.external_id,
        one.verdict,
        subject=one.link.label,
        code=one.link.code,
        reason=one.reason,
        internal_id=one.link.internal_id,
        old=one.old,
        new=new,
    )
