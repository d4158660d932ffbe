"""The commercial side of the demo: every state is there to be looked at, and the books agree."""

from django.db.models import Sum

from hangarlink.cli.seeding.operations import TRIPS, seed_operations
from hangarlink.fleet.models import Aircraft, AircraftModel
from hangarlink.operations.billing.actions.checks import today
from hangarlink.operations.billing.models import Expense, Invoice, Payment, PaymentPart
from hangarlink.operations.billing.queries import owed
from hangarlink.operations.trips.models import Trip
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.models import Account


def test_every_state_is_there(acting: Account) -> None:
    model = AircraftModel.objects.create(account=acting, name="Any")
    names = {one.registration for one in TRIPS}
    fleet = {
        name: Aircraft.objects.create(account=acting, registration=name, aircraft_model=model) for name in sorted(names)
    }
    seed_operations(fleet, SYSTEM)
    assert set(Trip.objects.values_list("status", flat=True)) == {"planned", "confirmed", "completed", "cancelled"}
    assert set(Invoice.objects.values_list("status", flat=True)) == {"draft", "issued", "paid", "void"}
    assert list(Invoice.objects.exclude(number=None).order_by("number").values_list("number", flat=True)) == [
        1, 2, 3, 4, 5,
    ]  # fmt: skip
    # One is partly paid, one open, one overdue.
    assert [(one.open.currency, one.overdue.minor > 0) for one in owed(today())] == [("DKK", False), ("EUR", True)]
    standing = PaymentPart.objects.filter(payment__reversed_at=None).aggregate(sum=Sum("amount"))["sum"]
    assert Invoice.objects.aggregate(sum=Sum("paid"))["sum"] == standing
    assert Payment.objects.filter(reversed_at__isnull=False).count() == 1
    assert Expense.objects.count() == 6
