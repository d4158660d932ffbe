"""Where a connection books each of our cost categories: the account mapping, with what may be chosen."""

from collections.abc import Sequence
from dataclasses import dataclass

from hangarlink.integration.connections.models import Connection, Stream
from hangarlink.integration.ledger.models import LedgerAccount
from hangarlink.integration.ledger.queries import accounts, mapped
from hangarlink.integration.ledger.rules import Choice, fits, proposed
from hangarlink.integration.synclog.vocabulary import Direction, Flow
from hangarlink.operations.billing.models import CostCategory
from hangarlink.operations.billing.rules import CategoryKind

SENT = {CategoryKind.INCOME: Flow.INVOICES, CategoryKind.COST: Flow.EXPENSES}


@dataclass(frozen=True)
class Booking:
    """A category, its account if it has one, the accounts that suit it, and the one that is surely meant.

    is_closed  it is mapped to an account that the partner has closed: lines of it are refused
    """

    category: CostCategory
    account: LedgerAccount | None
    choices: Sequence[Choice]
    proposed: Choice | None

    @property
    def is_closed(self) -> bool:
        return self.account is not None and not self.account.is_active


def bookings(connection: Connection) -> list[Booking]:
    """Every category in use, income first: three queries."""
    held = mapped(connection)
    chart = [Choice(row.id, row.name, row.kind, row.number) for row in accounts(connection) if row.is_active]
    rows = CostCategory.objects.filter(archived_at=None).order_by("-kind", "name")
    return [_booking(row, held.get(row.id), chart) for row in rows]


def unbooked(connection: Connection) -> int:
    """How many categories would have their lines refused, of the kinds that this connection sends: three queries."""
    flows = set(
        Stream.objects.filter(connection=connection, is_enabled=True, direction=Direction.OUT).values_list(
            "flow", flat=True
        )
    )
    kinds = [kind.value for kind, flow in SENT.items() if flow in flows]
    if not kinds:
        return 0
    held = {id for id, account in mapped(connection).items() if account.is_active}
    rows = CostCategory.objects.filter(archived_at=None, kind__in=kinds).exclude(pk__in=held)
    return rows.count()


def _booking(row: CostCategory, account: LedgerAccount | None, chart: Sequence[Choice]) -> Booking:
    suiting = [one for one in chart if fits(row.kind, one.kind)]
    return Booking(row, account, suiting, proposed(row.key, row.name, row.account_number, suiting))
