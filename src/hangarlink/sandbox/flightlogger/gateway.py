"""The schema with its resolvers: what the GraphQL engine calls for lists, relations, mutations and scalars."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from operator import attrgetter
from typing import Any, TypeVar, cast

from graphql import (
    GraphQLError,
    GraphQLObjectType,
    GraphQLResolveInfo,
    GraphQLScalarType,
    GraphQLSchema,
    build_schema,
)

from hangarlink.sandbox.flightlogger import workshop
from hangarlink.sandbox.flightlogger.nodes import Viewer
from hangarlink.sandbox.flightlogger.paging import Node, connection
from hangarlink.sandbox.flightlogger.records import Aircraft, Booking, Deletion, Flight, Part, Placed

Row = TypeVar("Row", bound=Placed)


@dataclass(frozen=True)
class Call(Viewer):
    """One request being answered; the context every resolver gets."""

    max_page_size: int = 100
    repeat_last: bool = False

    def page(self, rows: Sequence[Row], args: Node, as_node: Callable[[Row], Node]) -> Node:
        return connection(rows, args, as_node, max_size=self.max_page_size, repeat_last=self.repeat_last)


Info = GraphQLResolveInfo[Call]


def _placed(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=attrgetter("position"))


# --- lists -----------------------------------------------------------------------------------------------------------


def _account(_source: Any, info: Info) -> Node:
    return info.context.account()


def _aircraft(_source: Any, info: Info, **args: Any) -> Node:
    call, wanted = info.context, args.get("callSigns")
    rows = [one for one in call.school.aircraft.values() if not one.disabled]
    if wanted is not None:
        rows = [one for one in rows if one.call_sign in wanted]
    return call.page(_placed(rows), args, call.aircraft)


def _flights(_source: Any, info: Info, **args: Any) -> Node:
    call = info.context
    return call.page(_flights_in(call, call.school.timeline, args), args, call.flight)


def _flights_of_aircraft(source: Node, info: Info, **args: Any) -> Node:
    call, aircraft = info.context, cast(Aircraft, source["_of"])
    registered = [flight for flight in aircraft.flights if flight.registered]
    return call.page(_flights_in(call, registered, args), args, call.flight)


def _flights_in(call: Call, rows: list[Flight], args: Node) -> list[Flight]:
    """The window, as documented: beginning after `from`, ending before `to`, made or changed after `changedAfter`."""
    if not (args.get("all") and call.key.may_read_all):
        rows = [flight for flight in rows if call.key.user_id in flight.sortie.crew]
    if begins := args.get("from"):
        rows = [flight for flight in rows if flight.sortie.start > begins]
    if ends := args.get("to"):
        rows = [flight for flight in rows if flight.sortie.end < ends]
    if changed := args.get("changedAfter"):
        rows = [flight for flight in rows if flight.audit.updated_at > changed]
    return rows


def _bookings(_source: Any, info: Info, **args: Any) -> Node:
    call = info.context
    rows = [one for one in call.school.bookings.values() if _booking_is_in(one, args)]
    if not (args.get("all") and call.key.may_read_all):
        rows = [one for one in rows if call.key.user_id in (*one.crew, one.audit.created_by)]
    return call.page(_placed(rows), args, call.booking)


def _booking_is_in(booking: Booking, args: Node) -> bool:
    first, last = booking.starts_at, booking.ends_at
    if args.get("overlap"):
        first, last = last, first
    return (
        (args.get("from") is None or first > args["from"])
        and (args.get("to") is None or last < args["to"])
        and (args.get("changedAfter") is None or booking.audit.updated_at > args["changedAfter"])
        and (args.get("statuses") is None or booking.status in args["statuses"])
        and (args.get("subtypes") is None or booking.subtype in args["subtypes"])
    )


def _customers(_source: Any, info: Info, **args: Any) -> Node:
    call = info.context
    return call.page(_placed(call.school.customers), args, call.customer)


def _maintenance_types(_source: Any, info: Info, **args: Any) -> Node:
    call = info.context
    return call.page(_placed(call.school.requirements.values()), args, call.requirement)


def _maintenance_parts(source: Node | None, info: Info, **args: Any) -> Node:
    call = info.context
    aircraft = source.get("_of") if source else None
    chosen: list[Part] = [
        part
        for part in call.school.parts.values()
        if (aircraft is None or part.aircraft is aircraft)
        and (args.get("status") is None or part.status(call.school.now()) == args["status"])
    ]
    return call.page(_placed(chosen), args, call.part)


def _versions(_source: Any, info: Info, **args: Any) -> Node:
    call = info.context
    rows: list[Deletion] = [
        one
        for one in call.school.deletions
        if (args.get("from") is None or one.happened_at > args["from"])
        and (args.get("to") is None or one.happened_at < args["to"])
        and (args.get("types") is None or one.entity_type in args["types"])
    ]
    return call.page(_placed(rows), args, call.deletion)


# --- relations -------------------------------------------------------------------------------------------------------


def _aircraft_of(source: Node, info: Info) -> Node:
    record: Flight | Booking | Part = source["_of"]
    return info.context.aircraft(record.aircraft)


def _registration_of(source: Node, info: Info) -> Node:
    return info.context.registration(source["_of"])


def _flights_of_registration(source: Node, info: Info) -> list[Node]:
    return [info.context.flight(source["_of"])]


# --- mutations -------------------------------------------------------------------------------------------------------


def _book_maintenance(_source: Any, info: Info, **args: Any) -> Node:
    call = info.context
    _require_right(call)
    return call.booking(
        workshop.book_maintenance(
            call.school,
            args["booking"],
            by=call.key.user_id,
            skip_warnings=bool(args.get("skipWarnings")),
            booking_id=args.get("id"),
        )
    )


def _submit_part(_source: Any, info: Info, **args: Any) -> Node:
    call = info.context
    _require_right(call)
    wanted, requirement = args["maintenancePart"], args["maintenanceRequirementId"]
    return call.part(workshop.submit_part(call.school, args["aircraftId"], requirement, wanted, by=call.key.user_id))


def _require_right(call: Call) -> None:
    if not call.key.may_read_all:
        raise GraphQLError("You are not allowed to do this.")


RESOLVERS: dict[str, Callable[..., Any]] = {
    "Queries.account": _account,
    "Queries.aircraft": _aircraft,
    "Queries.flights": _flights,
    "Queries.bookings": _bookings,
    "Queries.customers": _customers,
    "Queries.maintenanceParts": _maintenance_parts,
    "Queries.maintenanceTypes": _maintenance_types,
    "Queries.versions": _versions,
    "Aircraft.flights": _flights_of_aircraft,
    "Aircraft.maintenanceParts": _maintenance_parts,
    "Flight.aircraft": _aircraft_of,
    "Flight.activityRegistration": _registration_of,
    "Training.flights": _flights_of_registration,
    "Rental.flights": _flights_of_registration,
    "Operation.flights": _flights_of_registration,
    "MaintenanceBooking.aircraft": _aircraft_of,
    "SingleStudentBooking.aircraft": _aircraft_of,
    "MaintenancePart.plane": _aircraft_of,
    "Mutations.createMaintenanceBooking": _book_maintenance,
    "Mutations.updateMaintenanceBooking": _book_maintenance,
    "Mutations.createMaintenancePart": _submit_part,
}

# --- scalars ---------------------------------------------------------------------------------------------------------


def _write_moment(value: Any) -> str:
    """UTC to the second, as a Rails application writes it; what is stored is finer."""
    return f"{value.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _read_moment(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise GraphQLError(f"{value!r} is not an ISO 8601 date-time.") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _read_date(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError):
        raise GraphQLError(f"{value!r} is not an ISO 8601 date.") from None


def _read_id(value: Any) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise GraphQLError(f"{value!r} is not an id.")
    return str(value)


def _read_big_int(value: Any) -> int:
    try:
        return int(_read_id(value))
    except ValueError:
        raise GraphQLError(f"{value!r} is not a whole number.") from None


SCALARS: dict[str, tuple[Callable[[Any], Any], Callable[[Any], Any]]] = {  # name -> (write, read)
    "Id": (str, _read_id),
    "BigInt": (str, _read_big_int),
    "Date": (date.isoformat, _read_date),
    "DateTime": (_write_moment, _read_moment),
}


@cache
def sandbox_schema() -> GraphQLSchema:
    schema = build_schema(files(__package__).joinpath("schema.graphql").read_text("utf-8"))
    for name, (write, read) in SCALARS.items():
        scalar = cast(GraphQLScalarType, schema.type_map[name])
        scalar.serialize = scalar.coerce_output_value = write  # type: ignore[method-assign, assignment]
        scalar.parse_value = scalar.coerce_input_value = read  # type: ignore[method-assign, assignment]
    for path, resolver in RESOLVERS.items():
        type_name, field = path.split(".")
        cast(GraphQLObjectType, schema.type_map[type_name]).fields[field].resolve = resolver
    return schema
