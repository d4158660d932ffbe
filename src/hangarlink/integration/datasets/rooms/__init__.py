"""Our rooms as partners may see them: one module per dataset, with all that is peculiar to it."""

from hangarlink.integration.datasets.ports import Room
from hangarlink.integration.datasets.rooms.counter_totals import CounterTotalsOut
from hangarlink.integration.datasets.rooms.customers import Customers
from hangarlink.integration.datasets.rooms.expenses import Expenses
from hangarlink.integration.datasets.rooms.flight_times import FlightTimesOut
from hangarlink.integration.datasets.rooms.invoices import Invoices
from hangarlink.integration.datasets.rooms.ledger_accounts import LedgerAccounts
from hangarlink.integration.datasets.rooms.maintenance_bookings import MaintenanceBookings
from hangarlink.integration.datasets.rooms.maintenance_parts import MaintenanceParts
from hangarlink.integration.datasets.rooms.payments import Payments
from hangarlink.integration.datasets.rooms.trips import Trips

ALL: tuple[Room, ...] = (
    Customers(),
    Invoices(),
    Expenses(),
    LedgerAccounts(),
    Payments(),
    Trips(),
    FlightTimesOut(),
    CounterTotalsOut(),
    MaintenanceBookings(),
    MaintenanceParts(),
)
