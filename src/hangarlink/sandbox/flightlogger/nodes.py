"""How records look on the wire: plain dicts with the documented field names.

Null patterns: a decimal log has meter readings and no end time (a start time only if it is the primary log); a log kept
as a clock (HH:MM, timestamps) has times and no readings. A simulator has no airports, landings or fuel.

`"_of"` holds the record itself, for the relations that `resolvers` looks up only when they are asked for.
"""

from dataclasses import dataclass
from datetime import timedelta

from hangarlink.sandbox.flightlogger.paging import Node
from hangarlink.sandbox.flightlogger.records import (
    METERS,
    Aircraft,
    ApiKey,
    Audit,
    Booking,
    Customer,
    Deletion,
    Flight,
    FlightLog,
    Landing,
    LogConfiguration,
    Part,
    Requirement,
)
from hangarlink.sandbox.flightlogger.school import School

SLOTS = ("primaryLog", "secondaryLog", "tertiaryLog")
BOOKING_TYPES = {"MAINTENANCE": "MaintenanceBooking", "SINGLE_STUDENT": "SingleStudentBooking"}
ACTIVITY_TYPES = {"TRAINING": "Training", "RENTAL": "Rental", "OPERATION": "Operation"}


@dataclass(frozen=True)
class Viewer:
    """Through whose eyes a record is seen: nulls stand for what the key's user may not read."""

    school: School
    key: ApiKey

    def account(self) -> Node:
        return {
            "company": self.school.company,
            "subdomain": self.school.subdomain,
            "disabled": False,
            "country": "Denmark",
            "countryCode": "DK",
            "moneyLocale": "da",
        }

    def audit(self, audit: Audit) -> Node | None:
        if not self.key.may_read_all:
            return None
        return {
            "createdAt": audit.created_at,
            "createdById": audit.created_by,
            "updatedAt": audit.updated_at,
            "updatedById": audit.updated_by,
        }

    def airport(self, name: str) -> Node | None:
        airport = self.school.airports.get(name)
        return {"id": airport.id, "name": airport.name} if airport else None

    def user(self, number: int | None) -> Node | None:
        user = None if number is None else self.school.users.get(number)
        if user is None:
            return None
        host = f"{self.school.subdomain}.example"
        return {
            "id": user.id,
            "callSign": user.call_sign,
            "firstName": user.first_name,
            "lastName": user.last_name,
            "avatarUrl": f"https://{host}/avatars/{user.id}.png",
            "contact": {"email": f"{user.call_sign.lower()}@{host}"},
            "references": {"reference": f"{self.school.subdomain}-{user.id}"},
        }

    def customer(self, customer: Customer) -> Node:
        return {"id": customer.id, "name": customer.name, "company": customer.company, "fullName": customer.company}

    # --- aircraft and flights --------------------------------------------------------------------------------------

    def aircraft(self, aircraft: Aircraft) -> Node:
        meter = next((log for log in aircraft.logs if log.measurement in METERS), None)
        airborne = next((log for log in aircraft.logs if log.type == "AIRBORNE"), None)
        burns = aircraft.fuel_per_hour is not None
        node = {
            "_of": aircraft,
            "id": aircraft.id,
            "callSign": aircraft.call_sign,
            "model": aircraft.model,
            "aircraftClass": aircraft.aircraft_class,
            "aircraftType": aircraft.aircraft_type,
            "disabled": aircraft.disabled,
            "currentAirport": self.airport(aircraft.flights[-1].sortie.arrival if aircraft.flights else aircraft.home),
            "homeAirport": self.airport(aircraft.home),
            "totalLandings": None if aircraft.is_simulator else aircraft.landings,
            "totalFuel": aircraft.fuel,
            "fuelCoefficient": aircraft.fuel_per_hour,
            "fuelCoefficientMeasurement": "LITERS" if burns else None,
            "fuelCoefficientUnit": aircraft.logs[0].type if burns else None,
            "defaultEngineType": "SINGLE_ENGINE" if aircraft.is_simulator else None,
            "instrumentTimeEnabled": True,
            "audit": self.audit(aircraft.audit),
            "timerSeconds": meter.total_seconds if meter else None,
            "typeOfTimer": meter.type if meter else None,
            "totalAirborneMinutes": airborne.total_seconds // 60 if airborne else None,
        }
        if self.key.may_read_all:
            node |= {slot: _configuration(log) for slot, log in zip(SLOTS, aircraft.logs, strict=False)}
        return node

    def flight(self, flight: Flight) -> Node:
        sortie, simulated = flight.sortie, flight.aircraft.is_simulator
        block, fuel = sortie.minutes * 60, flight.aircraft.fuel_per_hour
        meter = next((log for log in flight.logs if log.measurement in METERS), None)
        by_instruments, away = sortie.activity == "OPERATION", sortie.departure != sortie.arrival
        return {
            "_of": flight,
            "id": flight.id,
            "flightType": sortie.flight_type,
            "departureAirport": None if simulated else self.airport(sortie.departure),
            "arrivalAirport": None if simulated else self.airport(sortie.arrival),
            "landings": [self._landing(row, flight.audit) for row in flight.landings],
            "departureFuel": _text(sortie.fuel_before),
            "departureFuelAdded": _text(sortie.fuel_added),
            "calculatedFuelUsage": _text(None if fuel is None else round(fuel * block / 3600, 1)),
            "accountingTransactions": [],
            "audit": self.audit(flight.audit),
            "offBlock": sortie.start,
            "onBlock": sortie.end,
            "takeoff": None if simulated else sortie.start + timedelta(minutes=sortie.taxi_out),
            "landing": None if simulated else sortie.end - timedelta(minutes=sortie.taxi_in),
            "timerStartSeconds": meter.start_reading if meter else None,
            "timerFinishSeconds": meter.finish_reading if meter else None,
            "atSeconds": 0,
            "auprtSeconds": 0,
            "crossCountrySeconds": block if away else 0,
            "daySeconds": 0 if sortie.night else block,
            "ftSeconds": block,
            "ifSeconds": 0,
            "ifrSeconds": block if by_instruments else 0,
            "localSeconds": 0 if away else block,
            "nightSeconds": block if sortie.night else 0,
            "pilotFlyingSeconds": block,
            "pilotMonitoringSeconds": 0,
            "vfrSeconds": 0 if by_instruments else block,
        } | {slot: _log(log, primary=slot == SLOTS[0]) for slot, log in zip(SLOTS, flight.logs, strict=False)}

    def _landing(self, landing: Landing, audit: Audit) -> Node:
        return {
            "id": landing.id,
            "airport": self.airport(landing.airport),
            "isArrival": landing.is_arrival,
            "landingType": landing.type,
            "landingTypeCount": landing.count,
            "nightLanding": landing.night,
            "audit": self.audit(audit),
        }

    def registration(self, flight: Flight) -> Node:
        """What the flight was for; here every flight has a registration of its own."""
        sortie = flight.sortie
        first, last = (sortie.crew[0], sortie.crew[-1]) if sortie.crew else (None, None)
        return {
            "_of": flight,
            "__typename": ACTIVITY_TYPES.get(sortie.activity, "Training"),
            "id": flight.id,
            "name": "Flight lesson",
            "status": "PASSED",
            "instructor": self.user(first),
            "student": self.user(last),
            "renter": self.user(first),
            "pic": self.user(first),
            "customer": next((self.customer(one) for one in self.school.customers), None),
            "totalSeconds": sortie.minutes * 60,
            "nightSeconds": sortie.minutes * 60 if sortie.night else 0,
            "crossCountrySeconds": sortie.minutes * 60 if sortie.departure != sortie.arrival else 0,
            "audit": self.audit(flight.audit),
        }

    def deletion(self, deletion: Deletion) -> Node:
        return {
            "__typename": "Deletion",
            "entityId": deletion.entity_id,
            "entityType": deletion.entity_type,
            "eventType": "DELETION",
            "happenedAt": deletion.happened_at,
            "whoDoneIt": self.user(deletion.who),
        }

    # --- maintenance and bookings ----------------------------------------------------------------------------------

    def requirement(self, requirement: Requirement) -> Node:
        """No id: the published reference lists none for this type."""
        return {
            "name": requirement.name,
            "expiresOnDate": requirement.on_date,
            "expiresOnCycles": requirement.on_cycles,
            "expiresOnLog": requirement.on_log,
            "triggerOnLogTime": requirement.on_log is not None,
            "requireSerialNumber": requirement.serial_number,
            "requireUploadOfDocument": False,
            "disabled": False,
            "createdAt": requirement.audit.created_at,
            "updatedAt": requirement.audit.updated_at,
            "audit": self.audit(requirement.audit),
        }

    def part(self, part: Part) -> Node:
        return {
            "_of": part,
            "id": part.id,
            "name": part.requirement.name,
            "maintenanceType": self.requirement(part.requirement),
            "serialNumber": part.serial_number,
            "status": part.status(self.school.now()),
            "expirationDate": part.expires_at,
            "expirationCycles": part.expires_at_cycles,
            "expirationLogSeconds": part.expires_at_seconds,
            "expiresOnLog": part.expires_on_log,
            "approvedAt": part.approved_at,
            "approvedBy": self.user(part.approved_by),
            "audit": self.audit(part.audit),
        }

    def booking(self, booking: Booking) -> Node:
        home = self.airport(booking.aircraft.home)
        first, last = (booking.crew[0], booking.crew[-1]) if booking.crew else (None, None)
        return {
            "_of": booking,
            "__typename": BOOKING_TYPES[booking.subtype],
            "id": booking.id,
            "startsAt": booking.starts_at,
            "endsAt": booking.ends_at,
            "flightStartsAt": booking.starts_at,
            "flightEndsAt": booking.ends_at,
            "status": booking.status,
            "comment": booking.comment,
            "color": booking.color,
            "emailNotifications": booking.notify,
            "externalReference": booking.external_reference,
            "departureAirport": home,
            "arrivalAirport": home,
            "instructor": self.user(first),
            "student": self.user(last),
            "audit": self.audit(booking.audit),
        }


def _configuration(log: LogConfiguration) -> Node:
    return {
        "id": log.id,
        "type": log.type,
        "measurementType": log.measurement,
        "totalSeconds": log.total_seconds,
        "prefillIsEnabled": log.measurement in METERS,
        "actionButtonsIsEnabled": log.measurement == "TIMESTAMP",
        "durationWarningPercent": 20,
    }


def _log(log: FlightLog, *, primary: bool) -> Node:
    metered = log.measurement in METERS
    return {
        "id": log.id,
        "type": log.type,
        "durationSeconds": log.duration,
        "flyingDurationSeconds": log.flying,
        "startsAt": log.starts_at if primary or not metered else None,
        "endsAt": None if metered else log.ends_at,
        "startSeconds": log.start_reading if metered else None,
        "finishSeconds": log.finish_reading if metered else None,
    }


def _text(amount: float | None) -> str | None:
    return None if amount is None else str(amount)
