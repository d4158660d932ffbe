"""The adapter that every room shares: which of a page's records are news, what they meet here, and what follows.

A record is news when the partner's version differs from the one seen last, or (without versions) its content does. News
meets a row that changed since both sides agreed: that is a conflict, and the stream's rule decides. Otherwise it is
taken over. What we sent ourselves comes back with the version we were told, or the content we sent: no news.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any
from uuid import UUID

from hangarlink.integration.connections.models import DeletionPolicy, Link, LinkState
from hangarlink.integration.contract import Record
from hangarlink.integration.datasets.choosing import Choice, Side
from hangarlink.integration.datasets.codec import as_json, differing, from_json, hash_of, said, with_refs
from hangarlink.integration.datasets.knowing import (
    Glimpse,
    external_ids,
    glimpses,
    links_by_external,
    listed,
    save_links,
)
from hangarlink.integration.datasets.outcome import Clash, Context, Outcome
from hangarlink.integration.datasets.ports import Incoming, Ours, Room, Taken
from hangarlink.integration.synclog.vocabulary import Verdict


@dataclass
class Page:
    """A page on its way: links by external id, and what each record became."""

    context: Context
    links: dict[str, Link]
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    touched: dict[UUID, Link] = field(default_factory=dict)

    def say(self, record: Record, verdict: Verdict, code: str = "", **more: Any) -> None:
        self.outcomes[record.external_id] = Outcome(record.external_id, verdict, code=code, **more)

    def save(self) -> None:
        if self.touched:
            save_links(list(self.touched.values()))


class TwoWay:
    """A room as an adapter of the engine; see `adapters.Adapter`."""

    def __init__(self, room: Room) -> None:
        self.room = room

    def apply(self, records: Sequence[Any], deleted: Sequence[str], context: Context) -> list[Outcome]:
        told = _newest(records)
        known = glimpses(context.connection, self.room.dataset, told)
        standing = {name: _standing(record, known.get(name)) for name, record in told.items()}
        page = Page(context, {})
        known_ones = [(name, is_at) for name, is_at in standing.items() if is_at is not Standing.NEWS]
        # Most of a listing says nothing new: outside a plan, where each is shown, they need no outcome of their own.
        alike = [] if context.explain else [ALIKE[is_at] for _, is_at in known_ones]
        for name, is_at in known_ones if context.explain else ():
            page.say(told[name], *SAID[is_at])
        needed = [name for name, is_at in standing.items() if is_at in {Standing.NEWS, Standing.RENEWED}]
        page.links = links_by_external(context.connection, self.room.dataset, [*needed, *deleted])
        self._renew([told[name] for name in needed if standing[name] is Standing.RENEWED], page)
        if news := [told[name] for name in needed if standing[name] is Standing.NEWS]:
            self._meet(news, page)
        self._gone([link for name in deleted if (link := page.links.get(name)) is not None], page)
        page.save()
        return [*page.outcomes.values(), *alike]

    def take_over(self, link: Link, record: Any, context: Context) -> str:
        """Take this version over, whatever is here; the reason why that is impossible, or ""."""
        page = Page(context, {record.external_id: link})
        self._take([Incoming(record, link.internal_id)], page)
        page.save()
        outcome = page.outcomes[record.external_id]
        return outcome.reason if outcome.verdict in {Verdict.REJECTED, Verdict.FAILED} else ""

    def remove_now(self, links: Sequence[Link], context: Context) -> dict[UUID, str]:
        """Remove the rows of these links here; those that cannot go, with the reason, and then none is unlinked."""
        rows = [link.internal_id for link in links if link.internal_id]
        kept = self.room.remove(rows, context) if rows else {}
        if not kept:
            page = Page(context, {})
            for link in links:
                self._unlink(link, page)
            page.save()
        return kept

    def _renew(self, records: Sequence[Any], page: Page) -> None:
        """Nothing new in it, but the partner counted its version up, or lists it again."""
        for record in records:
            self._seen(record, page.links[record.external_id], page)

    def failed(self, record: Any, reason: str) -> Outcome:
        return self._refused(record, Verdict.FAILED, "internal", reason)

    def again(self, payload: Mapping[str, Any]) -> Any:
        return from_json(self.room.dataset, payload)

    def absent(self, seen: set[str], context: Context) -> list[Outcome]:
        """After a complete listing: links of records that were not in it."""
        names = listed(context.connection, self.room.dataset) - seen
        links = links_by_external(context.connection, self.room.dataset, names)
        page = Page(context, {})
        self._gone(list(links.values()), page)
        page.save()
        return list(page.outcomes.values())

    def _meet(self, news: Sequence[Any], page: Page) -> None:
        """News meets what is here: taken over, or (where both sides changed) judged."""
        unlinked = [record for record in news if _row(page.links.get(record.external_id)) is None]
        matched = self._free_matches(unlinked, page)
        doubted = self._recognise([record for record in unlinked if record.external_id not in matched], page)
        news = [record for record in news if record.external_id not in doubted]
        ids = {record.external_id: _row(page.links.get(record.external_id)) or matched.get(record.external_id)
               for record in news}  # fmt: skip
        linked = [one for one in ids.values() if one is not None]
        versions = self.room.versions(linked) if linked else {}
        take: list[Any] = []
        clashing: list[Any] = []
        for record in news:
            link, row = page.links.get(record.external_id), ids[record.external_id]
            if row is not None and row not in versions:
                row = ids[record.external_id] = None  # it is gone here, or no longer moves
                if link is not None and link.internal_version is not None:
                    clashing.append(record)
                    continue
            is_same = row is None or (
                not self.room.is_final and link is not None and link.internal_version == versions[row]
            )
            (take if is_same and not (link is not None and link.is_held) else clashing).append(record)
        ours = self._ours([one for record in clashing if (one := ids[record.external_id])], page.context)
        take += [record for record in clashing if self._clash(record, ids[record.external_id], ours, page)]
        self._take([Incoming(record, ids[record.external_id]) for record in take], page)

    def _recognise(self, records: Sequence[Any], page: Page) -> set[str]:
        """Who is surely here already is linked, and both sides stay as they are; who may be is asked about. Returns
        the external ids of all these. What was asked about once is asked again when the partner changes it."""
        records = [
            record for record in records if (link := page.links.get(record.external_id)) is None or link.candidates
        ]
        alike = self.room.resembling(records, page.context.connection) if records else {}
        sure = [like.ids[0] for like in alike.values() if like.is_sure]
        versions = self.room.versions(sure) if sure else {}
        done: set[str] = set()
        for record in records:
            like, link = alike.get(record.external_id), page.links.get(record.external_id)
            if link is not None:
                self._doubt(record, like.ids if like else tuple(link.candidates), page)
            elif like is None:
                continue
            elif like.is_sure and like.ids[0] in versions:
                self._agree(record, like.ids[0], versions[like.ids[0]], page)
                reason = f"Linked to the one that is here, by its {like.by}. Both stay as they are."
                known = {"subject": label_of(record), "internal_id": like.ids[0], "reason": reason}
                page.say(record, Verdict.UNCHANGED, "recognised", **known)
            else:
                self._doubt(record, like.ids, page)
            done.add(record.external_id)
        return done

    def _doubt(self, record: Any, ids: Sequence[UUID], page: Page) -> None:
        """It may be one of these rows: nothing moves until a person has said which, or that it is another one."""
        link = self._link(record, None, page)
        link.is_held, link.candidates = True, list(ids)
        self._seen(record, link, page)
        clash = Clash(
            link, Choice.REVIEW, link.label, theirs=self._whole(record), theirs_changed_at=record.changed_at,
            candidates=tuple(ids),
        )  # fmt: skip
        reason = "It may be here already. Somebody has to choose which one it is, or that it is another one."
        page.say(record, Verdict.CONFLICTED, "may_be_here", subject=link.label, reason=reason, clash=clash)

    def _free_matches(self, records: Sequence[Any], page: Page) -> Mapping[str, UUID]:
        """Rows that are the same thing and are not linked to another record of this partner."""
        pending = self._pending(records, page) if records else {}
        records = [record for record in records if record.external_id not in pending]
        matched = self.room.match(records) if records else {}
        if not matched:
            return pending
        taken = set(
            Link.objects.filter(
                connection=page.context.connection, dataset=self.room.dataset, internal_id__in=list(matched.values())
            ).values_list("internal_id", flat=True)
        )
        once = {row: name for name, row in reversed(list(matched.items()))}
        return pending | {name: row for row, name in once.items() if row not in taken}

    def _pending(self, records: Sequence[Any], page: Page) -> dict[str, UUID]:
        """Records that are ours: a push made them, and its answer was lost. They say what was sent."""
        rows = Link.objects.filter(
            connection=page.context.connection, dataset=self.room.dataset, external_id="", internal_id__isnull=False
        )
        sent = {link.id: link for link in rows if link.facts}
        found: dict[str, UUID] = {}
        for record in records if sent else ():
            told = self.room.told_by(record)
            link = next((one for one in sent.values() if not differing(one.facts, told)[1]), None)
            if link is not None and link.internal_id is not None and record.external_id not in page.links:
                del sent[link.id]
                link.external_id = record.external_id
                page.links[record.external_id] = link
                page.touched[link.id] = link
                found[record.external_id] = link.internal_id
        return found

    def _ours(self, ids: Sequence[UUID], context: Context) -> dict[UUID, Ours[Any]]:
        if not ids:
            return {}
        rows = self.room.read(ids)
        known = external_ids(context.connection, self.room.points_at, [one.record for one in rows.values()])
        return {
            id: Ours(one.id, one.version, one.changed_at, with_refs(one.record, known), one.label)
            for id, one in rows.items()
        }

    def _clash(self, record: Any, row: UUID | None, ours: Mapping[UUID, Ours[Any]], page: Page) -> bool:
        """Decide a conflict; True when theirs is to be taken over."""
        context, link = page.context, page.links.get(record.external_id)
        mine = ours.get(row) if row is not None else None
        if mine is not None and not differing(said(mine.record), self.room.told_by(record))[1]:
            self._agree(record, mine.id, mine.version, page)
            page.say(record, Verdict.UNCHANGED)
            return False
        if link is not None and link.is_held:
            choice = Choice.REVIEW
        elif not context.overwrites:
            choice = Choice.LEAVE
        else:
            choice = context.judge(Side(mine.changed_at if mine else None), Side(record.changed_at))
        if choice is Choice.THEIRS and mine is None:
            choice = Choice.REVIEW  # removed here, changed there
        base = dict(link.facts) if link is not None else {}
        link = self._link(record, row, page)
        clash = Clash(
            link, choice, link.label, said(mine.record) if mine else None, self._whole(record), base or None,
            mine.version if mine else None, mine.changed_at if mine else None, record.changed_at,
        )  # fmt: skip
        if choice is Choice.THEIRS:
            # Taken over below; what was here is kept beside it.
            page.outcomes[record.external_id] = Outcome(record.external_id, Verdict.UPDATED, clash=clash)
            return True
        self._seen(record, link, page)
        if choice is Choice.REVIEW:
            link.is_held = True
            page.say(record, Verdict.CONFLICTED, subject=link.label, code="conflict", internal_id=row, clash=clash,
                     reason="Changed on both sides. Somebody has to choose.",
                     old=clash.ours if context.explain else None,
                     new=said(record) if context.explain else None)  # fmt: skip
        elif choice is Choice.LEAVE:
            page.say(record, Verdict.SKIPPED, subject=link.label, code="kept", internal_id=row,
                     reason="It is here already, and records of this kind are not overwritten.")  # fmt: skip
        else:
            page.say(record, Verdict.SKIPPED, subject=link.label, code="ours_is_newer", internal_id=row, clash=clash,
                     reason="Ours was changed later and stays.")  # fmt: skip
        return False

    def _take(self, incoming: Sequence[Incoming[Any]], page: Page) -> None:
        if not incoming:
            return
        context = page.context
        if not context.overwrites:
            for one in incoming:
                if one.id is not None:
                    self._seen(one.record, self._link(one.record, one.id, page), page)
                    page.say(one.record, Verdict.SKIPPED, code="kept", internal_id=one.id)
            incoming = [one for one in incoming if one.id is None]
        ours = self._ours([one.id for one in incoming if one.id], context) if context.explain else {}
        for one, taken in zip(incoming, self.room.take(incoming, context), strict=True):
            before = page.outcomes.get(one.record.external_id)
            page.outcomes[one.record.external_id] = self._taken(one, taken, ours, page)._replace(
                clash=before.clash if before else None
            )

    def _taken(self, one: Incoming[Any], taken: Taken, ours: Mapping[UUID, Ours[Any]], page: Page) -> Outcome:
        record = one.record
        if taken.verdict in {Verdict.REJECTED, Verdict.FAILED} or taken.id is None:
            return self._refused(record, taken.verdict, taken.code, taken.reason)
        self._agree(record, taken.id, taken.version, page)
        old = new = None
        if page.context.explain and taken.verdict in {Verdict.CREATED, Verdict.UPDATED}:
            was = ours.get(taken.id)
            old, new = differing(said(was.record), self.room.told_by(record)) if was else (None, said(record))
        link = page.links[record.external_id]
        subject = link.label if page.context.explain else ""
        return Outcome(record.external_id, taken.verdict, subject, internal_id=taken.id, old=old, new=new)

    def _gone(self, links: Sequence[Link], page: Page) -> None:
        """What the partner has no longer, by the stream's policy; changed here since: always a question."""
        context = page.context
        links = [link for link in links if link.internal_id is not None and (link.is_listed or not link.is_held)]
        if not links or context.policy == DeletionPolicy.NEVER:
            return
        if context.policy == DeletionPolicy.FLAG:
            for link in links:
                self._flag(link, page)
            return
        if len(links) > context.most_removals:
            self._ask_for_all(links, page)
            return
        versions = self.room.versions([link.internal_id for link in links if link.internal_id])
        doubtful = [
            link
            for link in links
            if context.policy == DeletionPolicy.ASK
            or (link.internal_id in versions and versions[link.internal_id] != link.internal_version)
        ]
        ours = self._ours([link.internal_id for link in doubtful if link.internal_id], context)
        for link in doubtful:
            self._ask(link, ours.get(link.internal_id) if link.internal_id else None, page)
        self._remove([link for link in links if link not in doubtful], page)

    def _remove(self, links: Sequence[Link], page: Page) -> None:
        kept = self.room.remove([link.internal_id for link in links if link.internal_id], page.context) if links else {}
        for link in links:
            if reason := kept.get(link.internal_id) if link.internal_id else None:
                self._flag(link, page)
                page.outcomes[link.external_id] = Outcome(
                    link.external_id, Verdict.UPDATED, link.label, "not_listed", reason, link.internal_id
                )
                continue
            page.outcomes[link.external_id] = Outcome(
                link.external_id, Verdict.REMOVED, link.label, "", "The partner no longer has it.", link.internal_id
            )
            self._unlink(link, page)

    def _unlink(self, link: Link, page: Page) -> None:
        """Gone on both sides. Should it ever return, it is news."""
        link.state, link.internal_id, link.is_listed, link.is_held = LinkState.SKIPPED, None, False, False
        link.content_hash, link.external_version, link.internal_version = None, "", None
        link.changed_at = page.context.now
        page.touched[link.id] = link

    def _flag(self, link: Link, page: Page) -> None:
        if not link.is_listed:
            return
        link.is_listed, link.changed_at = False, page.context.now
        page.touched[link.id] = link
        page.outcomes[link.external_id] = Outcome(
            link.external_id, Verdict.UPDATED, link.label, "not_listed",
            "The partner no longer has it. It stays here.", link.internal_id,
            {"listed": True}, {"listed": False},
        )  # fmt: skip

    def _ask(self, link: Link, mine: Ours[Any] | None, page: Page) -> None:
        link.is_held, link.is_listed = True, False
        page.touched[link.id] = link
        clash = Clash(
            link, Choice.REVIEW, link.label, said(mine.record) if mine else None, None, dict(link.facts) or None,
            mine.version if mine else None, mine.changed_at if mine else None, is_deletion=True, link_ids=(link.id,),
        )  # fmt: skip
        page.outcomes[link.external_id] = Outcome(
            link.external_id, Verdict.CONFLICTED, link.label, "gone", "The partner no longer has it. Somebody has to "
            "choose whether it goes here too.", link.internal_id, clash=clash,
        )  # fmt: skip

    def _ask_for_all(self, links: Sequence[Link], page: Page) -> None:
        """So many at once are more likely a fault than a wish."""
        for link in links:
            link.is_held, link.is_listed = True, False
            page.touched[link.id] = link
        subject = f"{len(links):,} records are missing at the partner"
        clash = Clash(
            None, Choice.REVIEW, subject, is_deletion=True, gone=len(links), link_ids=tuple(link.id for link in links)
        )
        reason = "More are gone at once than are removed without asking. Nothing was removed; somebody has to choose."
        page.outcomes[""] = Outcome("", Verdict.CONFLICTED, subject, "many_gone", reason, clash=clash)

    def _agree(self, record: Any, row: UUID, version: int, page: Page) -> None:
        """From now on both sides say the same."""
        link = self._link(record, row, page)
        link.internal_id, link.internal_version, link.state = row, version, LinkState.LINKED
        link.refused_version, link.is_held = None, False
        link.facts = said(record)
        self._seen(record, link, page)

    def _seen(self, record: Any, link: Link, page: Page) -> None:
        link.external_version, link.content_hash = record.version, hash_of(record)
        link.external_changed_at = record.changed_at
        link.is_listed, link.changed_at = True, page.context.now
        page.touched[link.id] = link

    def _link(self, record: Any, row: UUID | None, page: Page) -> Link:
        link = page.links.get(record.external_id)
        if link is None:
            connection = page.context.connection
            link = Link(
                account=connection.account, connection=connection, dataset=self.room.dataset,
                external_id=record.external_id, internal_id=row,
                state=LinkState.LINKED if row else LinkState.UNMATCHED,
            )  # fmt: skip
            page.links[record.external_id] = link
            page.touched[link.id] = link
        link.label = label_of(record)
        return link

    def _whole(self, record: Any) -> dict[str, Any]:
        """The record to keep beside ours, without what the partner leaves open."""
        return {name: value for name, value in as_json(record).items() if value or name not in self.room.silent}

    def _refused(self, record: Any, verdict: Verdict, code: str, reason: str) -> Outcome:
        return Outcome(
            record.external_id, verdict, label_of(record), code, reason,
            payload=None if self.room.is_personal else as_json(record),
        )  # fmt: skip


def label_of(record: Any) -> str:
    """What people call a record: its name, number, title or reference."""
    for name in ("name", "number", "title", "vendor", "reference"):
        if found := getattr(record, name, ""):
            return str(found)[:120]
    return str(record.external_id)


def _newest(records: Iterable[Any]) -> dict[str, Any]:
    """One record per id: of doubles the one that changed last, or came last."""
    told: dict[str, Any] = {}
    for record in records:
        before = told.get(record.external_id)
        if before and before.changed_at and record.changed_at and record.changed_at < before.changed_at:
            continue
        told[record.external_id] = record
    return told


class Standing(Enum):
    """What a told record is to us. OLDER: it came late, something newer is here already. HELD: it waits for a person.
    RENEWED: only its version is another, or it is listed again."""

    NEWS = auto()
    SAME = auto()
    OLDER = auto()
    HELD = auto()
    RENEWED = auto()


SAID: dict[Standing, tuple[Verdict, str]] = {
    Standing.SAME: (Verdict.UNCHANGED, ""),
    Standing.RENEWED: (Verdict.UNCHANGED, ""),
    Standing.OLDER: (Verdict.UNCHANGED, "older"),
    Standing.HELD: (Verdict.SKIPPED, "in_review"),
}

ALIKE = {is_at: Outcome("", verdict, code=code) for is_at, (verdict, code) in SAID.items()}


def _standing(record: Any, link: Glimpse | None) -> Standing:
    """Whether the partner says something that we have not seen."""
    if link is None:
        return Standing.NEWS
    is_known = link.is_linked or link.is_held or link.state == LinkState.SKIPPED
    if record.version and record.version == link.external_version:
        is_same = True
    elif link.external_changed_at and record.changed_at and record.changed_at < link.external_changed_at:
        return Standing.OLDER
    else:
        is_same = link.content_hash is not None and link.content_hash == hash_of(record).hex()
    if not is_same or not is_known:
        return Standing.NEWS
    if link.is_held:
        return Standing.HELD
    is_told_alike = link.external_version == record.version and link.external_changed_at == record.changed_at
    return Standing.SAME if is_told_alike and link.is_listed else Standing.RENEWED


def _row(link: Link | None) -> UUID | None:
    return None if link is None else link.internal_id
