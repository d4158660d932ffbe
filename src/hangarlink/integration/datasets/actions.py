"""What people decide about links and mappings. Each changes what the next sync does; none changes recorded flights."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db.models import Min
from django.db.transaction import atomic
from django.utils import timezone

from hangarlink.fleet.actions import add_aircraft, add_aircraft_model, set_opening
from hangarlink.fleet.actions.counters import add_planned
from hangarlink.fleet.models import Aircraft, AircraftModel, Counter, UsageEntry
from hangarlink.fleet.rules.counters import CounterPlan, plan
from hangarlink.fleet.vocabulary import CounterKind, EntryKind, Unit
from hangarlink.integration.connections import events
from hangarlink.integration.connections.models import Link, LinkState
from hangarlink.integration.contract import Dataset, by_source
from hangarlink.integration.datasets.feeding import mappings_of, propose_mappings
from hangarlink.integration.datasets.linking import aircraft_of, logs_of, our_fleet
from hangarlink.integration.datasets.mapping import FLIGHTS, LANDINGS, NOTHING, is_source, name_of, unit_of
from hangarlink.integration.datasets.matching import Code
from hangarlink.integration.datasets.models import CounterMapping, Origin
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor, require

EDIT = "integrations.edit"


@atomic
def link_to(link: Link, aircraft: Aircraft, *, acting_user: Actor) -> Link:
    """Say by hand which aircraft of ours the partner's is. Matching leaves it alone from then on.

    Events: connection.changed. Raises RuleBroken if ours is linked to another one of theirs.
    """
    require(acting_user, EDIT)
    held = _held(link)
    other = Link.objects.filter(connection=held.connection_id, dataset=held.dataset, internal_id=aircraft.id)
    if taken := other.exclude(pk=held.pk).first():
        raise RuleBroken(f"{aircraft.registration} is linked to {taken.label} already.", field="aircraft")
    if held.internal_id not in {None, aircraft.id}:
        held.mappings.all().delete()
    _set(held, LinkState.LINKED, aircraft.id, "", pinned=True, acting_user=acting_user)
    _propose(held)
    return held


@atomic
def ignore_aircraft(link: Link, *, acting_user: Actor) -> Link:
    """Never import anything of this aircraft. What was imported stays. Events: connection.changed."""
    require(acting_user, EDIT)
    held = _held(link)
    held.mappings.all().delete()
    _set(held, LinkState.SKIPPED, None, Code.IGNORED, pinned=True, acting_user=acting_user)
    return held


@atomic
def match_again(link: Link, *, acting_user: Actor) -> Link:
    """Forget what was chosen by hand and match by call sign, then registration. Events: connection.changed."""
    require(acting_user, EDIT)
    held = _held(link)
    match = our_fleet().match(aircraft_of(held))
    if match.aircraft_id != held.internal_id:
        held.mappings.all().delete()
    taken = Link.objects.filter(connection=held.connection_id, dataset=held.dataset, internal_id=match.aircraft_id)
    if match.aircraft_id is None or taken.exclude(pk=held.pk).exists():
        code = match.code or Code.TAKEN
        state = LinkState.SKIPPED if code in {Code.SIMULATOR, Code.DISABLED} else LinkState.UNMATCHED
        _set(held, state, None, code, pinned=False, acting_user=acting_user)
    else:
        _set(held, LinkState.LINKED, match.aircraft_id, "", pinned=False, acting_user=acting_user)
        _propose(held)
    return held


@atomic
def adopt_aircraft(links: Sequence[Link], *, acting_user: Actor) -> list[Aircraft]:
    """Add the partner's aircraft to our fleet: registration and call sign from its call sign, a model of its model's
    name, a counter per log, landings and cycles. Then link them. Totals stay unknown until somebody says them.

    Also needs fleet.edit. Events: aircraft.added and the like, connection.changed. Raises RuleBroken for one that is
    linked already or whose registration is taken.
    """
    require(acting_user, EDIT)
    adopted = []
    for link in links:
        held = _held(link)
        if held.state == LinkState.LINKED:
            raise RuleBroken(f"{held.label} is linked already.", field="links")
        name = aircraft_of(held).model or "Unknown model"
        model = AircraftModel.objects.filter(name=name).first() or add_aircraft_model(
            name=name, acting_user=acting_user
        )
        aircraft = add_aircraft(
            registration=held.label, call_sign=held.label, aircraft_model=model, acting_user=acting_user
        )
        add_planned(aircraft, _counters_like(held), acting_user=acting_user)
        _set(held, LinkState.LINKED, aircraft.id, "", pinned=False, acting_user=acting_user)
        _propose(held)
        adopted.append(aircraft)
    return adopted


@atomic
def map_counter(link: Link, source: str, counter: Counter, *, acting_user: Actor) -> CounterMapping:
    """Let a source of the partner feed a counter: a log a time counter, "landings" or "flights" a count.

    A counter has one source, and a log feeds one counter: what stood in the way is replaced. Flights recorded already
    keep their amounts; `request_run(..., full=True)` reads them all again. Events: connection.changed.
    """
    require(acting_user, EDIT)
    held = _held(link)
    _check_fit(held, source, counter)
    other = CounterMapping.objects.filter(counter_id=counter.id).exclude(link=held).select_related("link__connection")
    if taken := other.first():
        raise RuleBroken(
            f"{counter.name} is fed by {taken.link.connection.name} already. Two partners would count flights twice.",
            field="counter",
        )
    old = _described(held)
    rows = CounterMapping.objects.filter(link=held)
    rows.filter(counter_id=counter.id).delete()
    replaced = rows.filter(source=source)
    (replaced.filter(counter_id__isnull=True) if source in {LANDINGS, FLIGHTS} else replaced).delete()
    mapping = CounterMapping.objects.create(
        account_id=held.account_id, link=held, source=source, counter_id=counter.id, origin=Origin.MANUAL
    )
    _note(held, old, acting_user)
    return mapping


@atomic
def ignore_source(link: Link, source: str, *, acting_user: Actor) -> None:
    """Let a source feed nothing, on purpose: flights are recorded without it. Events: connection.changed."""
    require(acting_user, EDIT)
    held = _held(link)
    _check_source(source)
    old = _described(held)
    CounterMapping.objects.filter(link=held, source=source).delete()
    CounterMapping.objects.create(account_id=held.account_id, link=held, source=source, counter_id=None)
    _note(held, old, acting_user)


@atomic
def unmap_counter(link: Link, counter: Counter, *, acting_user: Actor) -> None:
    """Let nothing of this partner feed the counter; it is not proposed again. If its log feeds nothing else, flights
    with that log are refused until it is mapped or ignored. Events: connection.changed."""
    require(acting_user, EDIT)
    held = _held(link)
    old = _described(held)
    rows = CounterMapping.objects.filter(link=held, counter_id=counter.id)
    if rows.update(source=NOTHING, origin=Origin.MANUAL, opening_offer=None, gap=None, gap_since=None):
        _note(held, old, acting_user)
    elif counter.aircraft_id == held.internal_id and not CounterMapping.objects.filter(counter_id=counter.id).exists():
        # Nothing fed it anyway; now somebody has said that this is right.
        CounterMapping.objects.create(
            account_id=held.account_id, link=held, source=NOTHING, counter_id=counter.id, origin=Origin.MANUAL
        )
        record(acting_user, held, "mapped", new={NOTHING: [str(counter.id)]})
        announce(events.ConnectionChanged(held.connection_id))


@atomic
def adopt_partner_total(counter: Counter, *, acting_user: Actor) -> UsageEntry:
    """Take the partner's word for where the counter stood before the first flight that was imported.

    The opening balance is the partner's total less what the imported flights added, both as of the last comparison, so
    that flights which arrived since do not disturb it. Only for a counter without a total. Also needs
    fleet.record_usage. Events: opening.set. Raises RuleBroken when there is nothing to adopt.
    """
    require(acting_user, EDIT)
    mapping = (
        CounterMapping.objects.select_for_update(of=("self",))
        .select_related("link__connection")
        .filter(counter_id=counter.id)
        .first()
    )
    if mapping is None or mapping.opening_offer is None or Counter.objects.get(pk=counter.pk).total is not None:
        raise RuleBroken(
            f"There is no partner's total to adopt for {counter.name}. Run a sync of hours and cycles first; a counter "
            "that has a total already is corrected in its own history.",
        )
    opening = set_opening(
        counter, total=mapping.opening_offer, at=_before_first_flight(mapping), acting_user=acting_user
    )
    mapping.opening_offer = None
    mapping.save(update_fields=["opening_offer"])
    return opening


def _before_first_flight(mapping: CounterMapping) -> datetime:
    connection = mapping.link.connection
    first = UsageEntry.objects.filter(
        counter__in=[mapping.counter_id],
        kind=EntryKind.FLIGHT,
        superseded_at__isnull=True,
        flight__source=connection.source,
        flight__cancelled_at__isnull=True,
    ).aggregate(first=Min("flight__started_at"))["first"]
    told_at = mapping.partner_total_at or timezone.now()
    return min(first - timedelta(seconds=1), told_at) if first else told_at.astimezone(UTC)


def _held(link: Link) -> Link:
    held = Link.objects.select_for_update(of=("self",)).select_related("connection").filter(pk=link.pk).first()
    if held is None or held.dataset != Dataset.AIRCRAFT:
        raise Missing("There is no such link in this account.")
    return held


def _set(
    link: Link, state: LinkState, aircraft_id: UUID | None, code: str, *, pinned: bool, acting_user: Actor
) -> None:
    old = {"state": link.state, "aircraft": link.internal_id}
    link.state, link.internal_id, link.code, link.is_pinned = state, aircraft_id, code, pinned
    link.changed_at = timezone.now()
    link.save()
    record(acting_user, link, "linked", old=old, new={"state": state, "aircraft": aircraft_id})
    announce(events.ConnectionChanged(link.connection_id))


def _propose(link: Link) -> None:
    mapped = mappings_of([link])
    propose_mappings({link.id: by_source(logs_of(link))}, {link.id: link}, mapped)


def _counters_like(link: Link) -> list[CounterPlan]:
    plans = [
        plan(log.kind.value, name=name_of(source), display=log.measure.value, slot=log.slot.value)
        for source, log in by_source(logs_of(link)).items()
    ]
    return [*plans, plan(CounterKind.LANDINGS), plan(CounterKind.CYCLES)]


def _check_source(source: str) -> None:
    if not is_source(source):
        raise RuleBroken(f"{source!r} is not something that partners count.", field="source")


def _check_fit(link: Link, source: str, counter: Counter) -> None:
    _check_source(source)
    if link.state != LinkState.LINKED or counter.aircraft_id != link.internal_id:
        raise RuleBroken(
            f"{counter.name} is not a counter of the aircraft that {link.label} is linked to.", field="counter"
        )
    if Unit(counter.unit) is not unit_of(source):
        raise RuleBroken(
            f"{name_of(source)} counts {unit_of(source).value}, {counter.name} counts {counter.unit}.", field="counter"
        )


def _described(link: Link) -> dict[str, list[str]]:
    """The mappings as the audit trail shows them."""
    mapped = mappings_of([link])[link.id]
    return {source: sorted(str(counter) for counter in counters) for source, counters in mapped.items()}


def _note(link: Link, old: dict[str, list[str]], acting_user: Actor) -> None:
    record(acting_user, link, "mapped", old=old, new=_described(link))
    announce(events.ConnectionChanged(link.connection_id))
