"""FlightLogger: aircraft, flights and counter totals in. Facts: docs/integrator/sandbox-flightlogger.md.

Flights are listed by departure, not by change, so a mark from the data itself could step over a flight that changed
while an earlier page was read. The mark of a pull is therefore FlightLogger's own clock at the pull's first answer; the
next pull asks from a little before it, and what comes twice is recognised as unchanged.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from hangarlink.connectors.flightlogger import queries
from hangarlink.connectors.flightlogger.booking import book
from hangarlink.connectors.flightlogger.graphql import GraphQL, Nodes
from hangarlink.connectors.flightlogger.parting import submit, waiting
from hangarlink.connectors.flightlogger.reading import (
    aircraft_of_flight,
    as_aircraft,
    as_flight,
    deleted_flight,
    identity,
    moment,
)
from hangarlink.integration.contract import (
    Aircraft,
    ApiKey,
    Area,
    Category,
    Change,
    Connector,
    CounterTotals,
    Cursor,
    DataError,
    Dataset,
    Directions,
    FlightTimes,
    Http,
    Identity,
    Limits,
    MaintenanceBooking,
    MaintenancePart,
    Manifest,
    NotReady,
    Page,
    Pushed,
    ServerTrouble,
    Tier,
    Unreadable,
    pulls,
    pushes,
)

OVERLAP = timedelta(minutes=10)


class FlightLogger(Connector):
    manifest = Manifest(
        key="flightlogger",
        name="FlightLogger",
        category=Category.FLIGHT_OPERATIONS,
        area=Area.OPS,
        auth=ApiKey(
            help="In FlightLogger: your profile, API keys. Use a key of one account whose user may see all flights."
        ),
        base_url="https://api.flightlogger.net/graphql",
        base_url_editable=True,
        datasets={
            Dataset.AIRCRAFT: Directions.PULL,
            Dataset.FLIGHT_TIMES: Directions.PULL,
            Dataset.COUNTER_TOTALS: Directions.PULL,
            Dataset.MAINTENANCE_BOOKINGS: Directions.PUSH,
            Dataset.MAINTENANCE_PARTS: Directions.PUSH,
        },
        limits=Limits(per="user", page_size=100),
        tier=Tier.GOLD,
        docs="user/connect-flightlogger",
        setup="In FlightLogger, open your profile and make an API key. Its user must be allowed to see every flight.",
        about="Brings in the fleet, every flight with its logs and landings, and the counters' totals to compare with. "
        "Sends workshop visits as bookings that block the aircraft, and due items as maintenance parts to approve, if "
        "you switch that on.",
    )

    def __init__(self, http: Http, *, options: dict[str, Any] | None = None) -> None:
        super().__init__(http, options=options)
        self.graphql = GraphQL(http, page_size=self.manifest.limits.page_size)

    def prove(self) -> Identity:
        """Whose key it is, and that it sees what it must: a user without that right gets nulls, not an error."""
        answer = self.graphql.ask(queries.ACCOUNT)
        account = answer.get("account")
        if not isinstance(account, Mapping) or not account.get("subdomain"):
            raise NotReady("This key does not belong to one FlightLogger account. Create a key inside the account.")
        if account.get("disabled"):
            raise NotReady(f"The FlightLogger account {account['subdomain']} is disabled.")
        if any(node and node.get("primaryLog") is None for node in answer["aircraft"]["nodes"]):
            raise NotReady(
                "The user of this key may not see the aircraft's logs. Use a key of an administrator's user."
            )
        return Identity(str(account["subdomain"]), str(account.get("company") or account["subdomain"]))

    @pulls(Dataset.AIRCRAFT)
    def aircraft(self, cursor: Cursor) -> Iterator[Page[Aircraft]]:
        """The active fleet, always from the beginning: it is small, and only a whole list shows who left."""
        del cursor
        for page in self.graphql.pages("aircraft", queries.AIRCRAFT):
            records, unreadable = _read(page.nodes, as_aircraft)
            yield Page(records, Cursor(), unreadable=unreadable, complete=page.after is None)

    @pulls(Dataset.FLIGHT_TIMES)
    def flights(self, cursor: Cursor) -> Iterator[Page[FlightTimes]]:
        """Deletions, then changes. In this order a flight that was deleted and entered anew does not overlap itself.

        Cursor: since (mark of the last complete pull); of a pull under way: began (its own mark), phase, after.
        """
        since = {"from": _before(cursor.get("since")) or self.options.get("import_since")}
        if cursor.get("phase") != "changes":
            for page in self._pages(cursor, "versions", queries.DELETED_FLIGHTS, **since):
                cursor = _under_way(cursor, page, phase="deletions", then="changes")
                yield Page([], cursor, deleted=[gone for node in page.nodes if (gone := deleted_flight(node))])
        window = {"from": self.options.get("import_since"), "changedAfter": _before(cursor.get("since"))}
        for page in self._pages(cursor, "flights", queries.FLIGHTS, **window):
            fleet: dict[str, Aircraft] = {}
            records, unreadable = _read(page.nodes, lambda node, fleet=fleet: _flight(node, fleet))
            cursor = _under_way(cursor, page, phase="changes", then="")
            yield Page(records, cursor, unreadable=unreadable)

    @pulls(Dataset.COUNTER_TOTALS)
    def totals(self, cursor: Cursor) -> Iterator[Page[CounterTotals]]:
        del cursor
        for page in self.graphql.pages("aircraft", queries.AIRCRAFT):
            records, _ = _read(page.nodes, as_aircraft)
            totals = [
                CounterTotals(one.external_id, page.answered_at, one.logs, one.total_landings)
                for one in records
                if one.logs and not one.is_simulator
            ]
            yield Page(totals, Cursor(), complete=page.after is None)

    @pushes(Dataset.MAINTENANCE_BOOKINGS)
    def send_bookings(self, changes: Sequence[Change[MaintenanceBooking]]) -> Iterator[Pushed]:
        """One mutation each: FlightLogger takes no lists."""
        for change in changes:
            yield book(self.graphql, change)

    @pushes(Dataset.MAINTENANCE_PARTS)
    def send_parts(self, changes: Sequence[Change[MaintenancePart]]) -> Iterator[Pushed]:
        """One mutation each. What waits there already is read once, so that what a lost answer made can be told."""
        before = {str(part["id"]) for part in waiting(self.graphql)}
        for change in changes:
            yield (told := submit(self.graphql, change, before))
            before.add(told.external_id)

    def _pages(self, cursor: Cursor, field: str, query: str, **variables: Any) -> Iterator[Nodes]:
        """From where an interrupted pull stopped; a place that FlightLogger no longer knows means from the start."""
        after = cursor.get("after")
        if after is None:
            yield from self.graphql.pages(field, query, **variables)
            return
        pages = self.graphql.pages(field, query, after=after, **variables)
        try:
            first = next(pages)
        except (DataError, ServerTrouble):
            yield from self.graphql.pages(field, query, **variables)
        else:
            yield first
            yield from pages


def _under_way(cursor: Cursor, page: Nodes, *, phase: str, then: str) -> Cursor:
    """The cursor after this page: further in this phase, at the start of the next, or done."""
    began = cursor.get("began") or page.answered_at.isoformat()
    if page.after is not None:
        return cursor.moved(began=began, phase=phase, after=page.after)
    if then:
        return cursor.moved(began=began, phase=then, after=None)
    return Cursor({"since": began})


def _before(mark: str | None) -> str | None:
    return None if mark is None else (datetime.fromisoformat(mark) - OVERLAP).isoformat()


def _flight(node: Mapping[str, Any], fleet: dict[str, Aircraft]) -> FlightTimes:
    """A flight; the same aircraft is read once a page."""
    raw = node.get("aircraft")
    key = str(raw.get("id")) if isinstance(raw, Mapping) else ""
    if key not in fleet:
        fleet[key] = aircraft_of_flight(node)
    return as_flight(node, fleet[key])


def _read(nodes: list[Any], read: Any) -> tuple[list[Any], list[Unreadable]]:
    """Every node as a record, or as the reason why it is none."""
    records, unreadable = [], []
    for node in nodes:
        try:
            if not isinstance(node, Mapping):
                raise DataError("FlightLogger sent an empty record: the key may not see it.")
            records.append(read(node))
        except (DataError, TypeError, AttributeError, KeyError) as error:
            unreadable.append(_unreadable(node, error))
    return records, unreadable


def _unreadable(node: Any, error: Exception) -> Unreadable:
    try:
        external_id = identity(node)
    except (DataError, AttributeError):
        external_id = ""
    reason = str(error) if isinstance(error, DataError) else "The record does not have the documented shape."
    call_sign = (node.get("aircraft") or {}).get("callSign", "") if isinstance(node, Mapping) else ""
    try:
        when = f"{moment(node['offBlock'], 'offBlock'):%d %b %Y %H:%MZ}"
    except (DataError, TypeError, KeyError):
        when = ""
    return Unreadable(external_id, reason, ", ".join(part for part in (str(call_sign), when) if part))


connector = FlightLogger
