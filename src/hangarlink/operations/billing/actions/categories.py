"""Cost categories: add, change, archive, restore."""

from datetime import datetime

from django.db.transaction import atomic
from django.utils import timezone

from hangarlink.fleet.actions.refusing import refusing
from hangarlink.fleet.rows import locked, write
from hangarlink.fleet.rules import texts
from hangarlink.operations.billing import events, rules
from hangarlink.operations.billing.actions.checks import told
from hangarlink.operations.billing.models import CostCategory
from hangarlink.operations.billing.rules import CategoryKind
from hangarlink.platform.audit.actions import record
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account

_ASK = "A category needs a name."


@atomic
def add_category(*, key: str, name: str, kind: str, account_number: str = "", acting_user: Actor) -> CostCategory:
    """Add a category. Event: cost_category.changed. Raises RuleBroken when key or name is taken."""
    require(acting_user, "billing.manage")
    category = CostCategory(
        account=current_account(),
        key=rules.checked_key(key),
        name=told(name, field="name", ask=_ASK, limit=80),
        kind=texts.word(CategoryKind, kind, field="kind").value,
        account_number=texts.line(account_number, field="account_number", limit=20),
    )
    with refusing(_once(category)):
        category.save(force_insert=True)
    new = {"key": category.key, "name": category.name, "kind": category.kind}
    record(acting_user, category, "added", new=new)
    announce(events.CostCategoryChanged(category.id, category.key))
    return category


@atomic
def add_usual_categories(*, acting_user: Actor) -> list[CostCategory]:
    """Add those of the usual ones that are not there yet."""
    require(acting_user, "billing.manage")
    known = set(CostCategory.objects.values_list("key", flat=True))
    named = set(CostCategory.objects.values_list("kind", "name"))
    return [
        add_category(key=key, name=name, kind=kind.value, acting_user=acting_user)
        for key, name, kind in rules.USUAL_CATEGORIES
        if key not in known and (kind.value, name) not in named
    ]


@atomic
def change_category(
    category: CostCategory, *, name: str | None = None, account_number: str | None = None, acting_user: Actor
) -> CostCategory:
    """Rename it or give it another ledger account. Key and kind stay: lines are sorted by them."""
    require(acting_user, "billing.manage")
    held = locked(category, "category")
    new: dict[str, str] = {}
    if name is not None:
        new["name"] = told(name, field="name", ask=_ASK, limit=80)
    if account_number is not None:
        new["account_number"] = texts.line(account_number, field="account_number", limit=20)
    with refusing(_once(held, new.get("name", ""))):
        if write(held, new, "changed", acting_user):
            announce(events.CostCategoryChanged(held.id, held.key))
    return held


def archive_category(category: CostCategory, *, acting_user: Actor) -> CostCategory:
    """Stop offering it for new lines."""
    return _archived_at(category, timezone.now(), "archived", acting_user)


def restore_category(category: CostCategory, *, acting_user: Actor) -> CostCategory:
    """Offer it again."""
    return _archived_at(category, None, "restored", acting_user)


@atomic
def _archived_at(category: CostCategory, moment: datetime | None, verb: str, acting_user: Actor) -> CostCategory:
    require(acting_user, "billing.manage")
    held = locked(category, "category")
    if (held.archived_at is None) == (moment is None):
        raise RuleBroken(f"{held} is {'in use' if moment is None else 'archived'} already.", field="status")
    write(held, {"archived_at": moment}, verb, acting_user)
    announce(events.CostCategoryChanged(held.id, held.key))
    return held


def _once(category: CostCategory, name: str = "") -> dict[str, tuple[str, str]]:
    return {
        "cost_category_key_once": ("key", f"The key {category.key} is taken. Choose another."),
        "cost_category_name_once": ("name", f"There is a category {name or category.name} already."),
    }
