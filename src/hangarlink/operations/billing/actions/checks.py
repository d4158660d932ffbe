"""What several verbs of billing check alike."""

from datetime import date
from typing import TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone

from hangarlink.fleet.rules import texts
from hangarlink.operations.billing.models import CostCategory
from hangarlink.operations.billing.rules import CategoryKind
from hangarlink.platform.errors import Missing, RuleBroken
from hangarlink.platform.tenancy.context import current_account
from hangarlink.platform.tenancy.models import TenantModel

M = TypeVar("M", bound=TenantModel)


def today() -> date:
    """The day it is where the account keeps its books."""
    return timezone.now().astimezone(ZoneInfo(current_account().time_zone)).date()


def ours(row: M, what: str) -> M:
    """The row, when it is of this account. Raises Missing."""
    if not type(row).objects.filter(pk=row.pk).exists():
        raise Missing(f"There is no such {what} in this account.", field=what)
    return row


def told(text: str, *, field: str, ask: str, limit: int = 300) -> str:
    """One line that may not be empty; `ask` is the sentence for when it is."""
    found = texts.line(text, field=field, limit=limit)
    if not found:
        raise RuleBroken(ask, field=field)
    return found


def not_later_than_today(day: date, *, field: str) -> date:
    if day > today():
        raise RuleBroken(f"{day} lies in the future; today is {today()}.", field=field)
    return day


def category_id(category: CostCategory | None, kind: CategoryKind) -> UUID | None:
    """The id of a category of this account that may be chosen for such a line."""
    if category is None:
        return None
    found = CostCategory.objects.filter(pk=category.pk).first()
    if found is None:
        raise Missing("There is no such category in this account.", field="category")
    if found.kind != kind:
        use = "expenses" if found.kind == CategoryKind.COST else "invoices"
        raise RuleBroken(f"{found} is a category for {use}. Choose another.", field="category")
    if found.archived_at is not None:
        raise RuleBroken(f"{found} is archived. Choose another category, or restore it.", field="category")
    return found.pk
