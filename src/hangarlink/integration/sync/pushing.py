"""A push, batch by batch: what is about to be sent is stored and committed, then sent, then what came of it is stored.

A kill between any two of these leaves attempts behind. The next run sends the very same again, under the same keys and
marked as a repeat, before anything newer of those records: a lost answer never makes a second invoice.
"""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils import timezone

from hangarlink.integration.connections.models import DeletionPolicy, Link, LinkState
from hangarlink.integration.contract import (
    LONGEST_ID,
    Change,
    Connector,
    DataError,
    Dataset,
    Malformed,
    PartnerError,
    Pushed,
    StaleVersion,
    is_storable,
)
from hangarlink.integration.datasets.adapters import ADAPTERS, ROOMS
from hangarlink.integration.datasets.choosing import Choice
from hangarlink.integration.datasets.codec import as_json, differing, from_json, hash_of, said
from hangarlink.integration.datasets.knowing import save_links
from hangarlink.integration.datasets.outcome import Clash, Outcome
from hangarlink.integration.datasets.outgoing import OBJECTION, Outgoing, changed, count_changed, departed, left_out
from hangarlink.integration.sync.models import PushAttempt
from hangarlink.integration.sync.paging import Journey, close_sent, context_of, count_up, in_transaction, keep
from hangarlink.integration.synclog.vocabulary import Verdict
from hangarlink.platform.database.merging import merge

# Rows claimed at once; a kill leaves that many in doubt, each to be asked about.
CLAIMED = 500
MOST_PLANNED = 10_000
# What came of them is stored at least so often.
SETTLED, SECONDS = 500, 1.0


@dataclass
class Sent:
    """One claimed change: its stored attempt, and the record that goes out."""

    attempt: PushAttempt
    link: Link
    change: Change[Any]


def push(journey: Journey, connector: Connector, dataset: Dataset, watch: Callable[[], None]) -> None:
    """Send what the partner has not seen. Raises PartnerError for what concerns the whole call, TakenOver."""
    _announce_total(journey, dataset)
    resume(journey, connector, dataset, watch)
    after: UUID | None = None
    while True:
        claimed, after, is_more = _claim(journey, dataset, after)
        _send(journey, connector, dataset, claimed, watch)
        if not is_more:
            break
    if journey.stream.deletion_policy == DeletionPolicy.DELETE:
        while claimed := _claim_departed(journey, dataset):
            _send(journey, connector, dataset, claimed, watch)


def resume(journey: Journey, connector: Connector, dataset: Dataset, watch: Callable[[], None]) -> None:
    """Bring to an end what an earlier push left open. A pull does so too: what that push may have made over there must
    be known as ours before the pull could take it for news."""
    while claimed := _interrupted(journey, dataset):
        _send(journey, connector, dataset, claimed, watch)


def plan(journey: Journey, dataset: Dataset, watch: Callable[[], None]) -> None:
    """A dry run: what would be sent. Nothing is stored but the plan, and the partner hears nothing."""
    _announce_total(journey, dataset)
    after: UUID | None = None
    while True:
        found: list[Outgoing] = []

        def work(now: datetime, after: UUID | None = after, found: list[Outgoing] = found) -> None:
            del now
            found += changed(journey.connection, dataset, after=after, limit=CLAIMED)
            _tell(journey, dataset, [_planned(one) for one in found], len(found))

        in_transaction(journey, work)
        watch()
        if not found:
            break
        after = found[-1].link.internal_id

    def apart(now: datetime) -> None:
        del now
        lines = left_out(journey.connection, dataset)
        _tell(journey, dataset, [Outcome("", Verdict.SKIPPED, what, "left_out", why) for what, why in lines], 0)

    in_transaction(journey, apart)
    if journey.stream.deletion_policy == DeletionPolicy.DELETE:

        def gone(now: datetime) -> None:
            del now
            found = departed(journey.connection, dataset, MOST_PLANNED)
            _tell(journey, dataset, [_planned(one) for one in found], len(found))

        in_transaction(journey, gone)


def _planned(one: Outgoing) -> Outcome:
    link = one.link
    if one.is_deletion:
        return Outcome(link.external_id, Verdict.REMOVED, one.label, internal_id=link.internal_id)
    if one.is_same:
        return Outcome(link.external_id, Verdict.UNCHANGED, one.label, internal_id=link.internal_id)
    if one.objection:
        return _objected(one)
    new = said(one.record)
    old, new = (None, new) if one.is_new else differing(link.facts, new)
    verdict = Verdict.CREATED if one.is_new else Verdict.UPDATED
    return Outcome(link.external_id, verdict, one.label, internal_id=link.internal_id, old=old, new=new)


def _objected(one: Outgoing) -> Outcome:
    return Outcome(one.link.external_id, Verdict.REJECTED, one.label, OBJECTION, one.objection, one.link.internal_id)


def _announce_total(journey: Journey, dataset: Dataset) -> None:
    def work(now: datetime) -> None:
        waiting = PushAttempt.objects.filter(connection=journey.connection, dataset=dataset).count()
        total = journey.run.read + max(count_changed(journey.connection, dataset), waiting)
        count_up(journey, Counter(), now, total=total)

    in_transaction(journey, work)


def _interrupted(journey: Journey, dataset: Dataset) -> list[Sent]:
    """Attempts of earlier runs, or of this one before it was interrupted, as they were."""
    sent: list[Sent] = []

    def work(now: datetime) -> None:
        sent.clear()
        rows = PushAttempt.objects.select_related("link").filter(connection=journey.connection, dataset=dataset)
        rows = rows.exclude(pk__in=journey.tried).order_by("pk")[:CLAIMED]
        for attempt in rows:
            attempt.tries += 1
            sent.append(_sent(attempt, attempt.link, from_json(dataset, attempt.payload)))
        PushAttempt.objects.bulk_update([one.attempt for one in sent], ["tries"])
        count_up(journey, Counter({"read": len(sent)}), now)

    in_transaction(journey, work)
    return sent


def _claim(journey: Journey, dataset: Dataset, after: UUID | None) -> tuple[list[Sent], UUID | None, bool]:
    """The next changes, each with an attempt that commits before anything is sent."""
    sent: list[Sent] = []
    found: list[Outgoing] = []

    def work(now: datetime) -> None:
        sent.clear()
        found[:] = changed(journey.connection, dataset, after=after, limit=CLAIMED)
        same = [one for one in found if one.is_same]
        for one in same:
            one.link.internal_version = one.version
        refused = [one for one in found if one.objection]
        for one in refused:
            one.link.refused_version = one.version
        going = [one for one in found if not (one.is_same or one.objection)]
        for one in going:
            if one.is_new:
                one.link.facts = said(one.record)  # a pull may meet it before its answer comes
        save_links([one.link for one in found])
        sent.extend(_attempts(journey, dataset, going, now))
        told = [Outcome(one.link.external_id, Verdict.UNCHANGED) for one in same]
        _tell(journey, dataset, [*told, *(_objected(one) for one in refused)], len(found))

    in_transaction(journey, work)
    last = found[-1].link.internal_id if found else after
    return sent, last, len(found) == CLAIMED


def _claim_departed(journey: Journey, dataset: Dataset) -> list[Sent]:
    sent: list[Sent] = []

    def work(now: datetime) -> None:
        sent.clear()
        allowed = context_of(journey, dataset, now).most_removals
        gone = departed(journey.connection, dataset, allowed + 1)
        if len(gone) > allowed:
            reason = "More are gone here than are removed at the partner without asking. Nothing was removed there."
            _tell(journey, dataset, [Outcome("", Verdict.SKIPPED, "Many gone here", "many_gone", reason)], 0)
            return
        sent.extend(_attempts(journey, dataset, gone, now))
        count_up(journey, Counter({"read": len(gone)}), now)

    in_transaction(journey, work)
    return sent


def _attempts(journey: Journey, dataset: Dataset, going: Sequence[Outgoing], now: datetime) -> list[Sent]:
    attempts = [
        PushAttempt(
            account=journey.account,
            connection=journey.connection,
            link=one.link,
            dataset=dataset,
            version=one.version,
            payload=as_json(one.record),
            is_deletion=one.is_deletion,
            run_id=journey.run.pk,
            first_at=now,
        )
        for one in going
    ]
    merge(attempts)
    return [_sent(attempt, one.link, one.record) for attempt, one in zip(attempts, going, strict=True)]


def _sent(attempt: PushAttempt, link: Link, record: Any) -> Sent:
    # What the partner calls it may be known by now, where the attempt's record did not say it yet.
    named = replace(record, external_id=link.external_id, version=link.external_version)
    change: Change[Any] = Change(
        attempt.key,
        named,
        link.external_version,
        is_deletion=attempt.is_deletion,
        is_repeat=attempt.tries > 1,
    )
    return Sent(attempt, link, change)


def _send(
    journey: Journey, connector: Connector, dataset: Dataset, claimed: Sequence[Sent], watch: Callable[[], None]
) -> None:
    """Send a batch and store what came of it, bit by bit. What was told before a failure is stored first."""
    if not claimed:
        return
    journey.tried.update(one.attempt.pk for one in claimed)
    open_ones = {one.attempt.key: one for one in claimed}
    answers = connector.push(dataset, [one.change for one in claimed])
    for told in _bit_by_bit(_only_ours(answers, open_ones)):
        settle(journey, dataset, [(open_ones.pop(one.key), one) for one in told])
        watch()
    if open_ones:
        raise Malformed(
            f"{connector.manifest.name} said nothing of {len(open_ones)} of {len(claimed)} records that were sent."
        )


def _only_ours(answers: Iterable[Pushed], claimed: dict[str, Sent]) -> Iterator[Pushed]:
    """One answer for each; an error that is not about one record ends the call, after what was told before."""
    told: set[str] = set()
    for one in answers:
        if one.key not in claimed or one.key in told:
            continue
        if one.error is not None and not isinstance(one.error, DataError):
            raise one.error
        told.add(one.key)
        yield one


def _bit_by_bit(answers: Iterator[Pushed]) -> Iterator[list[Pushed]]:
    """Answers in handfuls. When it fails, what had come is handed over first."""
    bit: list[Pushed] = []
    began = time.monotonic()
    failure: PartnerError | None = None
    try:
        for one in answers:
            bit.append(one)
            if len(bit) >= SETTLED or time.monotonic() - began >= SECONDS:
                yield bit
                bit, began = [], time.monotonic()
    except PartnerError as error:
        failure = error
    if bit:
        yield bit
    if failure is not None:
        raise failure


def settle(journey: Journey, dataset: Dataset, told: Sequence[tuple[Sent, Pushed]]) -> None:
    """Store what became of some changes: links, attempts, refusals and counts together. Raises TakenOver."""

    def work(now: datetime) -> None:
        taken = _names_taken(journey, dataset, told)
        outcomes, links, stale = [], [], []
        for sent, pushed in told:
            error = pushed.error or _wrong(sent, pushed, taken)
            if isinstance(error, StaleVersion):
                stale.append((sent, error))
            elif error is not None:
                outcomes.append(_refuse(sent, error))
                links.append(sent.link)
            else:
                outcomes.append(_accept(sent, pushed, now))
                links.append(sent.link)
        save_links(links)
        PushAttempt.objects.filter(pk__in=[sent.attempt.pk for sent, _ in told]).delete()
        outcomes += _meet_stale(journey, dataset, stale, now)
        close_sent(journey, dataset, [sent.link.internal_id for sent, _ in told if sent.link.internal_id])
        _tell(journey, dataset, outcomes, 0)

    in_transaction(journey, work)


def _names_taken(journey: Journey, dataset: Dataset, told: Sequence[tuple[Sent, Pushed]]) -> dict[str, UUID]:
    """Links that have the names which the partner gives now: one of its records is one of ours."""
    names = {pushed.external_id for sent, pushed in told if pushed.external_id != sent.link.external_id}
    if not names:
        return {}
    rows = Link.objects.filter(connection=journey.connection, dataset=dataset, external_id__in=names)
    found = dict(rows.values_list("external_id", "pk"))
    for sent, pushed in told:
        if not pushed.error and is_name(pushed.external_id):
            found.setdefault(pushed.external_id, sent.link.pk)
    return found


def is_name(external_id: str) -> bool:
    return 0 < len(external_id) <= LONGEST_ID and is_storable(external_id)


def _wrong(sent: Sent, pushed: Pushed, taken: dict[str, UUID]) -> PartnerError | None:
    """What a connector must not tell."""
    if sent.change.is_deletion:
        return None
    if not is_name(pushed.external_id or sent.link.external_id):
        return DataError("The partner took the record and gave it no id that can be kept.")
    if taken.get(pushed.external_id, sent.link.pk) != sent.link.pk:
        return DataError(
            f"The partner says that this is its record {pushed.external_id[:40]}, which is linked to another of ours."
        )
    return None


def _accept(sent: Sent, pushed: Pushed, now: datetime) -> Outcome:
    link, record = sent.link, sent.change.record
    was_new = not link.external_id
    link.changed_at = now
    if sent.change.is_deletion:
        link.state, link.internal_id, link.is_listed = LinkState.SKIPPED, None, False
        return Outcome(link.external_id, Verdict.REMOVED, link.label)
    link.external_id = pushed.external_id or link.external_id
    link.external_version = pushed.external_version
    link.external_changed_at = None
    link.internal_version, link.refused_version = sent.attempt.version, None
    link.content_hash, link.facts = hash_of(record), said(record)
    code = "was_there" if pushed.was_there else ""
    return Outcome(
        link.external_id, Verdict.CREATED if was_new else Verdict.UPDATED, link.label, code, "", link.internal_id
    )


def _refuse(sent: Sent, error: PartnerError) -> Outcome:
    """Dead until the record changes here or somebody asks again."""
    link = sent.link
    link.refused_version = sent.attempt.version
    return Outcome(link.external_id, Verdict.REJECTED, link.label, error.code, str(error), link.internal_id)


def _meet_stale(
    journey: Journey, dataset: Dataset, stale: Sequence[tuple[Sent, StaleVersion]], now: datetime
) -> list[Outcome]:
    """The partner changed these meanwhile. With its version at hand it is as if a pull had brought it."""
    if not stale:
        return []
    theirs = [error.theirs for _, error in stale if error.theirs is not None]
    met = ADAPTERS[dataset].apply(theirs, [], context_of(journey, dataset, now)) if theirs else []
    return met + [_unknown(sent, error, dataset) for sent, error in stale if error.theirs is None]


def _unknown(sent: Sent, error: StaleVersion, dataset: Dataset) -> Outcome:
    """Somebody has to choose; what the partner says follows with the next pull, if one is switched on."""
    link = sent.link
    Link.objects.filter(pk=link.pk).update(is_held=True)
    ours = ROOMS[dataset].read([link.internal_id] if link.internal_id else [])
    mine = next(iter(ours.values()), None)
    clash = Clash(
        link,
        Choice.REVIEW,
        link.label,
        ours=said(mine.record) if mine else None,
        base=dict(link.facts) or None,
        ours_version=mine.version if mine else None,
        ours_changed_at=mine.changed_at if mine else None,
    )
    return Outcome(link.external_id, Verdict.CONFLICTED, link.label, error.code, str(error), link.internal_id,
                   clash=clash)  # fmt: skip


def _tell(journey: Journey, dataset: Dataset, outcomes: Sequence[Outcome], read: int) -> None:
    keep(journey, dataset, outcomes)
    counts = Counter[str](outcome.verdict.value for outcome in outcomes)
    counts["read"] += read
    count_up(journey, counts, timezone.now())
