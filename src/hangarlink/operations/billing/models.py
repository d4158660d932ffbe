"""Cost categories, invoices with their lines, payments with their parts, expenses with their lines."""

from datetime import date

from django.db import models
from django.db.models import F, Q

from hangarlink.fleet.models import Aircraft
from hangarlink.fleet.rows import PushableModel
from hangarlink.operations.billing import rules
from hangarlink.operations.billing.rules import CategoryKind, Method, Status
from hangarlink.operations.customers.models import Customer
from hangarlink.operations.trips.models import Trip
from hangarlink.platform.money import Money
from hangarlink.platform.tenancy.models import TenantModel

_CURRENCY = Q(currency__regex="^[A-Z]{3}$")


class CostCategory(PushableModel):
    """What a line of an invoice or an expense is sorted by.

    key             its name for programs, unique in the account
    account_number  the ledger account of our own books, where it has one; a partner's account is mapped per connection
    """

    key = models.CharField(max_length=40)
    name = models.CharField(max_length=80)
    kind = models.CharField(max_length=6, choices=[(kind.value, kind.value.capitalize()) for kind in CategoryKind])
    account_number = models.CharField(max_length=20, blank=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "cost_category"
        constraints = [
            models.UniqueConstraint(fields=["account", "key"], name="cost_category_key_once"),
            models.UniqueConstraint(fields=["account", "kind", "name"], name="cost_category_name_once"),
            models.CheckConstraint(condition=Q(kind__in=[k.value for k in CategoryKind]), name="cost_category_kind"),
            models.CheckConstraint(condition=~Q(name=""), name="cost_category_name_given"),
        ]

    def __str__(self) -> str:
        return self.name


class Invoice(PushableModel):
    """What a customer owes.

    number        given when it is issued; counts up without gaps within the account
    payment_days  from issued_on to due_on
    total, paid   minor units; kept with the lines and the parts of payments, in the same transaction
    """

    number = models.PositiveIntegerField(null=True)
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="invoices", db_constraint=False, db_index=False
    )
    trip = models.ForeignKey(
        Trip, on_delete=models.PROTECT, related_name="invoices", null=True, blank=True, db_constraint=False
    )
    currency = models.CharField(max_length=3)
    status = models.CharField(max_length=6, choices=[(status.value, status.value.capitalize()) for status in Status])
    payment_days = models.PositiveSmallIntegerField()
    issued_on = models.DateField(null=True)
    due_on = models.DateField(null=True)
    total = models.BigIntegerField(default=0)
    paid = models.BigIntegerField(default=0)
    memo = models.TextField(blank=True)
    void_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "invoice"
        constraints = [
            models.UniqueConstraint(fields=["account", "number"], name="invoice_number_once"),
            models.CheckConstraint(condition=_CURRENCY, name="invoice_currency"),
            models.CheckConstraint(condition=Q(status__in=[s.value for s in Status]), name="invoice_status_known"),
            models.CheckConstraint(condition=Q(paid__gte=0) & Q(paid__lte=F("total")) | Q(paid=0), name="invoice_paid"),
            models.CheckConstraint(
                condition=~Q(status__in=["issued", "paid"])
                | Q(number__isnull=False, issued_on__isnull=False, due_on__gte=F("issued_on"), total__gt=0),
                name="invoice_issued_is_whole",
            ),
            models.CheckConstraint(
                condition=~Q(status="draft") | Q(number__isnull=True, issued_on__isnull=True, paid=0),
                name="invoice_draft_has_no_number",
            ),
            models.CheckConstraint(
                condition=~Q(status="issued") | Q(paid__lt=F("total")), name="invoice_issued_is_owed"
            ),
            models.CheckConstraint(condition=~Q(status="paid") | Q(paid=F("total")), name="invoice_paid_is_paid"),
            models.CheckConstraint(condition=~Q(status="void") | Q(paid=0) & ~Q(void_reason=""), name="invoice_void"),
            models.CheckConstraint(condition=Q(payment_days__lte=365), name="invoice_payment_days"),
        ]
        indexes = [
            models.Index(fields=["account", "status", "due_on"], name="invoice_by_status"),
            models.Index(fields=["account", "-created_at", "-id"], name="invoice_by_time"),
            models.Index(fields=["customer", "status", "due_on"], name="invoice_by_customer"),
            models.Index(fields=["account", "updated_at", "id"], name="invoice_by_change"),
        ]

    def __str__(self) -> str:
        return f"Invoice {self.number}" if self.number else "Draft invoice"

    @property
    def balance(self) -> int:
        """What is still owed; nothing on a draft or a void one."""
        return self.total - self.paid if Status(self.status) in rules.CLAIMS else 0

    @property
    def total_money(self) -> Money:
        return Money(self.total, self.currency)

    @property
    def paid_money(self) -> Money:
        return Money(self.paid, self.currency)

    @property
    def balance_money(self) -> Money:
        return Money(self.balance, self.currency)

    def is_overdue(self, today: date) -> bool:
        return rules.is_overdue(Status(self.status), self.due_on, today)


class InvoiceLine(TenantModel):
    """One line. `amount` is quantity times price, rounded once. Frozen by a trigger once the invoice is no draft."""

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines", db_constraint=False)
    position = models.PositiveSmallIntegerField()
    description = models.CharField(max_length=300)
    category = models.ForeignKey(
        CostCategory, on_delete=models.PROTECT, related_name="+", null=True, blank=True, db_constraint=False,
        db_index=False,
    )  # fmt: skip
    quantity = models.DecimalField(max_digits=9, decimal_places=3)
    unit_price = models.BigIntegerField()
    amount = models.BigIntegerField()

    class Meta:
        db_table = "invoice_line"
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="invoice_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="invoice_line_quantity"),
            models.CheckConstraint(condition=~Q(description=""), name="invoice_line_described"),
        ]

    def __str__(self) -> str:
        return self.description


class Payment(PushableModel):
    """Money that came in from a customer. What its parts leave is the customer's credit.

    reference    what the bank's statement or the card slip says
    reversed_at  it turned out not to be: bounced, charged back, entered by mistake
    """

    number = models.PositiveIntegerField()
    customer = models.ForeignKey(
        Customer, on_delete=models.PROTECT, related_name="payments", db_constraint=False, db_index=False
    )
    received_on = models.DateField()
    currency = models.CharField(max_length=3)
    amount = models.BigIntegerField()
    allocated = models.BigIntegerField(default=0)
    method = models.CharField(max_length=10, choices=[(method.value, method.value.capitalize()) for method in Method])
    reference = models.CharField(max_length=120, blank=True)
    reversed_at = models.DateTimeField(null=True, blank=True)
    reverse_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "payment"
        constraints = [
            models.UniqueConstraint(fields=["account", "number"], name="payment_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_of_something"),
            models.CheckConstraint(
                condition=Q(allocated__gte=0, allocated__lte=F("amount")), name="payment_not_spent_twice"
            ),
            models.CheckConstraint(condition=_CURRENCY, name="payment_currency"),
            models.CheckConstraint(condition=Q(method__in=[m.value for m in Method]), name="payment_method_known"),
            models.CheckConstraint(
                condition=Q(reversed_at__isnull=True) | ~Q(reverse_reason=""), name="payment_reversed_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-received_on", "-id"], name="payment_by_day"),
            models.Index(fields=["customer", "-received_on"], name="payment_by_customer"),
            models.Index(fields=["account", "updated_at", "id"], name="payment_by_change"),
        ]

    def __str__(self) -> str:
        return f"Payment {self.number}"

    @property
    def is_reversed(self) -> bool:
        return self.reversed_at is not None

    @property
    def credit(self) -> int:
        """What no invoice has taken yet."""
        return 0 if self.is_reversed else self.amount - self.allocated

    @property
    def money(self) -> Money:
        return Money(self.amount, self.currency)

    @property
    def credit_money(self) -> Money:
        return Money(self.credit, self.currency)


class PaymentPart(TenantModel):
    """What of a payment one invoice took. Counts while the payment is not reversed."""

    payment = models.ForeignKey(Payment, on_delete=models.CASCADE, related_name="parts", db_constraint=False)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="parts", db_constraint=False)
    amount = models.BigIntegerField()

    class Meta:
        db_table = "payment_part"
        constraints = [
            models.UniqueConstraint(fields=["payment", "invoice"], name="payment_part_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_part_of_something"),
        ]


class Expense(PushableModel):
    """What we spent. `total` is kept with its lines; for which aircraft or trip, where that is known."""

    number = models.PositiveIntegerField()
    vendor = models.CharField(max_length=120)
    spent_on = models.DateField()
    currency = models.CharField(max_length=3)
    total = models.BigIntegerField()
    reference = models.CharField(max_length=120, blank=True)
    aircraft = models.ForeignKey(
        Aircraft, on_delete=models.PROTECT, related_name="expenses", null=True, blank=True, db_constraint=False
    )
    trip = models.ForeignKey(
        Trip, on_delete=models.PROTECT, related_name="expenses", null=True, blank=True, db_constraint=False
    )
    voided_at = models.DateTimeField(null=True, blank=True)
    void_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "expense"
        constraints = [
            models.UniqueConstraint(fields=["account", "number"], name="expense_number_once"),
            models.CheckConstraint(condition=Q(total__gt=0), name="expense_of_something"),
            models.CheckConstraint(condition=~Q(vendor=""), name="expense_says_to_whom"),
            models.CheckConstraint(condition=_CURRENCY, name="expense_currency"),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True) | ~Q(void_reason=""), name="expense_voided_says_why"
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-spent_on", "-id"], name="expense_by_day"),
            models.Index(fields=["account", "updated_at", "id"], name="expense_by_change"),
        ]

    def __str__(self) -> str:
        return f"Expense {self.number}"

    @property
    def is_void(self) -> bool:
        return self.voided_at is not None

    @property
    def money(self) -> Money:
        return Money(self.total, self.currency)


class ExpenseLine(TenantModel):
    """One line of an expense."""

    expense = models.ForeignKey(Expense, on_delete=models.CASCADE, related_name="lines", db_constraint=False)
    position = models.PositiveSmallIntegerField()
    category = models.ForeignKey(
        CostCategory, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    description = models.CharField(max_length=300, blank=True)
    amount = models.BigIntegerField()

    class Meta:
        db_table = "expense_line"
        constraints = [
            models.UniqueConstraint(fields=["expense", "position"], name="expense_line_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="expense_line_of_something"),
        ]
