"""Asking people, and doing what they decided. Syncs ask (`keep_clashes`), pages decide (`decide_review`)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db.transaction import atomic
from django.utils import timezone

from hangarlink.integration.alerts.actions import clear_alerts, raise_alert
from hangarlink.integration.alerts.rules import Kind
from hangarlink.integration.conflicts import events
from hangarlink.integration.conflicts.models import Review, ReviewKind, ReviewState
from hangarlink.integration.conflicts.rules import rule_for
from hangarlink.integration.connections.flows import flow_of
from hangarlink.integration.connections.models import Connection, DeletionPolicy, Link, LinkState, Stream
from hangarlink.integration.connections.rights import EDIT, area_of, require_right, right
from hangarlink.integration.connections.schedules import nudge
from hangarlink.integration.contract import Dataset
from hangarlink.integration.datasets.adapters import two_way
from hangarlink.integration.datasets.choosing import Choice
from hangarlink.integration.datasets.codec import from_json, hash_of, said
from hangarlink.integration.datasets.outcome import Clash, Context
from hangarlink.integration.synclog.vocabulary import Direction
from hangarlink.platform.audit.actions import entry, record, record_many
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.events.actions import announce, announce_many
from hangarlink.platform.people.permissions import Actor

OURS, THEIRS, MERGE = "ours", "theirs", "merge"
SAME, NEW = "same", "new"


def keep_clashes(
    connection: Connection, dataset: Dataset, clashes: Sequence[Clash], *, run_id: UUID | None, acting_user: Actor
) -> list[Review]:
    """Keep both versions of what clashed; open a question where a person must decide, and close the one that it
    replaces. In the transaction of the page. Three statements, whatever their number. Events: conflict.raised."""
    now = timezone.now()
    links = [clash.link.id for clash in clashes if clash.link is not None]
    Review.objects.filter(link_id__in=links, state=ReviewState.OPEN).update(state=ReviewState.SUPERSEDED)
    stream = Stream.objects.filter(connection=connection, flow=flow_of(dataset), direction=Direction.IN).first()
    rule = rule_for(dataset, stream.conflict_rule if stream else "")
    reviews = [_review(connection, dataset, clash, rule.value) for clash in clashes]
    for review in reviews:
        review.raised_at, review.run_id = now, run_id
    Review.objects.bulk_create(reviews)
    asked = [review for review in reviews if review.state == ReviewState.OPEN]
    record_many(
        entry(acting_user, review, "raised", new={"dataset": dataset, "kind": review.kind, "count": review.count})
        for review in asked
    )
    announce_many([events.ConflictRaised(review.id, connection.id, dataset.value, review.kind) for review in asked])
    for review in asked:
        if review.kind == ReviewKind.MANY_GONE:
            _brake_alert(review)
    return reviews


@atomic
def decide_review(review: Review, choice: str, *, acting_user: Actor, fields: Sequence[str] = ()) -> Review:
    """Do what a person chose, through the room's own actions, under their name.

    ours    what is here stays; it is sent to the partner by the next push, if that stream is switched on
    theirs  what the partner says is taken over here; for something gone: it goes here too
    merge   ours, with these fields taken from theirs; sent to the partner by the next push

    Needs edit of the connection's area. Events: conflict.decided, and those of the room. Raises RuleBroken when it was
    decided already, when our record changed since the question was asked (a newer question takes its place), or when
    the room refuses what the partner says.
    """
    held = _held(review)
    require_right(acting_user, held.connection.connector, EDIT)
    if held.kind == ReviewKind.MATCH:
        raise RuleBroken("Say which of ours it is, or that it is a new one.", field="choice")
    if choice not in {OURS, THEIRS, MERGE}:
        raise RuleBroken(f"{choice} is not a choice. Choose ours, theirs or merge.", field="choice")
    if held.kind == ReviewKind.CONFLICT:
        _settle_conflict(held, choice, fields, acting_user)
    elif choice == MERGE:
        raise RuleBroken("There is nothing to merge with: the partner has it no longer.", field="choice")
    else:
        _settle_deletion(held, choice, acting_user)
    held.taken = list(fields) if choice == MERGE else []
    return _decided(held, choice, {"fields": list(fields)} if fields else {}, acting_user)


@atomic
def decide_match(review: Review, row_id: UUID | None, *, acting_user: Actor) -> Review:
    """Say which of ours a partner's record is, or (None) that it is another one, which is then taken in as new.

    Linking overwrites nothing: both stay as they are, and what changes from then on is carried over.
    Needs edit of the connection's area. Events: conflict.decided, and for a new one those of the room. Raises
    RuleBroken (field: choice) for a row that was not asked about or is linked by now, or when it was decided already.
    """
    held = _held(review)
    require_right(acting_user, held.connection.connector, EDIT)
    if held.kind != ReviewKind.MATCH:
        raise RuleBroken("This asks what shall count, not which record it is.", field="choice")
    link = _link(held)
    if held.theirs is None or not link.is_held or link.internal_id is not None:
        raise RuleBroken("This is not open any more: the next sync asks anew.", field="choice")
    told = from_json(Dataset(held.dataset), held.theirs)
    link.is_held, link.candidates, link.is_pinned = False, [], row_id is not None
    if row_id is None:
        link.save()
        _take(held, link, told, acting_user)
    else:
        _pair(held, link, row_id, told)
    held.internal_id = Link.objects.get(pk=link.pk).internal_id
    return _decided(held, NEW if row_id is None else SAME, {"row": str(row_id)} if row_id else {}, acting_user)


def _pair(review: Review, link: Link, row_id: UUID, told: Any) -> None:
    """Set the link's end on our side; both sides stay as they are."""
    versions = two_way(Dataset(review.dataset)).room.versions([row_id])
    if str(row_id) not in review.candidates or row_id not in versions:
        raise RuleBroken("This record was not among those that it may be.", field="choice")
    others = Link.objects.filter(connection=review.connection_id, dataset=review.dataset, internal_id=row_id)
    if others.exists():
        raise RuleBroken("This record is linked to another one of the partner's by now.", field="choice")
    link.internal_id, link.internal_version, link.state = row_id, versions[row_id], LinkState.LINKED
    link.facts, link.content_hash = said(told), hash_of(told)
    link.save()


def _decided(held: Review, choice: str, more: dict[str, Any], acting_user: Actor) -> Review:
    held.state, held.choice = ReviewState.DECIDED, choice
    held.decided_at, held.decided_by, held.decided_by_label = timezone.now(), acting_user.id, acting_user.label[:200]
    held.save()
    record(acting_user, held, "decided", new={"choice": choice, **more})
    announce(events.ConflictDecided(held.id, held.connection_id, held.dataset, choice))
    _push_soon(held)
    clear_alerts(held.id, works_again=False)
    return held


def _brake_alert(review: Review) -> None:
    """Somebody is told: nothing goes on with these records until a person has decided."""
    connection = review.connection
    what = flow_of(Dataset(review.dataset)).label.lower()
    raise_alert(
        Kind.REVIEW,
        review.id,
        label=f"{connection.name}: {what}",
        code="mass_deletion",
        message=f"The partner no longer lists {review.count} records at once. Nothing was removed here.",
        permission=right(area_of(connection.connector), EDIT),
    )


def _settle_conflict(review: Review, choice: str, fields: Sequence[str], acting_user: Actor) -> None:
    link = _link(review)
    room = two_way(Dataset(review.dataset)).room
    versions = room.versions([link.internal_id]) if link.internal_id else {}
    if review.ours_version != (versions.get(link.internal_id) if link.internal_id else None):
        raise RuleBroken(
            "This record was changed here since the question was asked. Look at both versions again.", field="choice"
        )
    if choice != OURS and review.theirs is None:
        raise RuleBroken("What the partner says is not known yet: the next sync reads it.", field="choice")
    link.is_held = False
    if review.ours is None:
        # Removed here: so it stays, or it is made anew below.
        link.internal_id, link.state = None, LinkState.SKIPPED
    elif choice == OURS:
        # The partner is told again, also where nothing changed on our side.
        link.internal_version = None
    link.save()
    if choice == OURS:
        return
    told = from_json(Dataset(review.dataset), _chosen(review, choice, fields))
    _take(review, link, told, acting_user)
    if choice == MERGE:
        # The partner has not seen this yet: the next push sends it.
        Link.objects.filter(pk=link.pk).update(internal_version=None, refused_version=None, content_hash=None)


def _chosen(review: Review, choice: str, fields: Sequence[str]) -> dict[str, Any]:
    theirs = dict(review.theirs or {})
    if choice == THEIRS:
        return theirs
    ours = dict(review.ours or {})
    if unknown := [name for name in fields if name not in ours or name not in theirs]:
        raise RuleBroken(f"There is no field {unknown[0]} on both sides.", field="fields")
    if not fields:
        raise RuleBroken("Choose at least one field to take from the partner, or keep ours.", field="fields")
    names = {name: theirs[name] for name in ("external_id", "version", "changed_at")}
    return {**ours, **{name: theirs[name] for name in fields}, **names}


def _take(review: Review, link: Link, told: Any, acting_user: Actor) -> None:
    adapter = two_way(Dataset(review.dataset))
    context = _context(review.connection, adapter.room.needs, acting_user)
    if reason := adapter.take_over(link, told, context):
        raise RuleBroken(f"Their version cannot be taken over: {reason}", field="choice")


def _settle_deletion(review: Review, choice: str, acting_user: Actor) -> None:
    """theirs: gone here too. ours: they stay, and are not asked about again while the partner does not list them."""
    adapter = two_way(Dataset(review.dataset))
    links = list(Link.objects.select_for_update().filter(pk__in=review.link_ids, is_held=True))
    if choice == THEIRS:
        context = _context(review.connection, adapter.room.needs, acting_user)
        if kept := adapter.remove_now(links, context):
            raise RuleBroken(f"{len(kept)} of these cannot go: {next(iter(kept.values()))}", field="choice")
    Link.objects.filter(pk__in=[link.pk for link in links]).update(is_held=False)


def _context(connection: Connection, needs: frozenset[str], acting_user: Actor) -> Context:
    """The person decides; what the room wants for writing comes with the right to decide."""
    able = Actor(acting_user.kind, acting_user.id, acting_user.label, acting_user.permissions | needs)
    return Context(connection, able, timezone.now(), policy=DeletionPolicy.DELETE)


def _push_soon(review: Review) -> None:
    stream = Stream.objects.select_related("account").filter(
        connection_id=review.connection_id, flow=flow_of(Dataset(review.dataset)), direction=Direction.OUT,
        is_enabled=True, planned_at__isnull=False,
    )  # fmt: skip
    for one in stream:
        nudge(one)


def _held(review: Review) -> Review:
    rows = Review.objects.select_for_update(of=("self",)).select_related("connection__account")
    held = rows.filter(pk=review.pk).first()
    if held is None:
        raise Missing("There is no such conflict in this account.")
    if held.state != ReviewState.OPEN:
        who = f" by {held.decided_by_label}" if held.decided_by_label else ""
        raise RuleBroken(f"This was {held.get_state_display().lower()}{who} already.")
    return held


def _link(review: Review) -> Link:
    link = (
        Link.objects.select_for_update(of=("self",))
        .select_related("connection__account")
        .filter(pk__in=[review.link_id])
        .first()
    )
    if link is None:
        raise Missing("The link between the two records is gone.")
    return link


def _kind(clash: Clash) -> ReviewKind:
    if clash.candidates:
        return ReviewKind.MATCH
    if clash.gone:
        return ReviewKind.MANY_GONE
    return ReviewKind.DELETION if clash.is_deletion else ReviewKind.CONFLICT


def _review(connection: Connection, dataset: Dataset, clash: Clash, rule: str) -> Review:
    kind = _kind(clash)
    link = clash.link
    return Review(
        account=connection.account,
        connection=connection,
        dataset=dataset,
        kind=kind,
        state=ReviewState.OPEN if clash.choice is Choice.REVIEW else ReviewState.SETTLED,
        choice="" if clash.choice is Choice.REVIEW else clash.choice.value,
        link_id=link.id if link else None,
        internal_id=link.internal_id if link else None,
        external_id=link.external_id if link else "",
        subject=clash.subject[:200],
        count=clash.gone or 1,
        link_ids=[str(one) for one in clash.link_ids],
        candidates=[str(one) for one in clash.candidates],
        rule=rule,
        ours=clash.ours,
        theirs=clash.theirs,
        base=clash.base,
        ours_version=clash.ours_version,
        ours_changed_at=clash.ours_changed_at,
        theirs_changed_at=clash.theirs_changed_at,
    )
