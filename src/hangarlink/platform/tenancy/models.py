"""Accounts, and the base of every row that belongs to one."""

import uuid
from typing import Any, ClassVar, Self, TypeVar

import uuid_utils
from django.contrib.postgres.fields import ArrayField
from django.core.validators import RegexValidator
from django.db import models
from django_scopes import get_scope
from django_scopes.manager import DisabledQuerySet
from uuid_utils import compat

SUBDOMAIN = RegexValidator(r"^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", "Use 1 to 63 lower-case letters, digits or dashes.")


def new_id() -> uuid.UUID:
    """A time-ordered id (UUID version 7): unique across clusters, kind to indexes, made without asking the database."""
    made: uuid.UUID = compat.uuid7()
    return made


def new_ids(count: int) -> list[str]:
    """So many of them as text, for statements that write a whole page."""
    return [str(uuid_utils.uuid7()) for _ in range(count)]


class Feature(models.TextChoices):
    """What an account may have switched off. A switched-off feature hides its entry and refuses its URL."""

    FLIGHTLOGGER_SYNC = "flightlogger_sync", "FlightLogger Sync"
    OAUTH_API = "oauth_api", "OAuth API"


def all_features() -> list[str]:
    return [feature.value for feature in Feature]


class Account(models.Model):
    """One organisation: operator, school, CAMO or workshop. Reached at its own subdomain."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    subdomain = models.CharField(max_length=63, unique=True, validators=[SUBDOMAIN])
    name = models.CharField(max_length=200)
    time_zone = models.CharField(max_length=64, default="UTC")
    features = ArrayField(models.CharField(max_length=40), default=all_features)
    stale_usage_days = models.PositiveSmallIntegerField(default=7)
    utilisation_days = models.PositiveSmallIntegerField(default=30)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "account"

    def __str__(self) -> str:
        return self.name

    def has_feature(self, feature: Feature) -> bool:
        return feature.value in self.features


Row = TypeVar("Row", bound=models.Model)


class TenantManager(models.Manager[Row]):
    """Only the rows of the account that `acting_in` names; outside of it every query raises ScopeError.

    What django-scopes' own ScopedManager does, as a class that type checkers can see.
    """

    def get_queryset(self) -> "models.QuerySet[Row]":
        scope: dict[str, Any] = get_scope()
        if not scope.get("_enabled", True):
            return super().get_queryset()
        if "account" not in scope:
            disabled: models.QuerySet[Row] = DisabledQuerySet(self.model, using=self._db, missing_scopes={"account"})
            return disabled
        return super().get_queryset().filter(account=scope["account"])

    def all(self) -> "models.QuerySet[Row]":
        rows = super().all()
        return rows.all() if isinstance(rows, DisabledQuerySet) else rows


class TenantModel(models.Model):
    """A row that belongs to one account. Every query outside `acting_in` raises; the database checks once more.

    A migration that creates such a table also lists it in `IsolateTenants`. References between tenant tables are
    declared with `db_constraint=False` and listed there too: that makes the database check row and account at once.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    # No index of its own: each table declares the ones it needs, beginning with the account where lists need that.
    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="+", db_index=False)

    objects: ClassVar["TenantManager[Self]"] = TenantManager()

    class Meta:
        abstract = True
