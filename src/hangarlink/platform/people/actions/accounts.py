"""Accounts: how one comes to be, and the settings its administrators may change."""

import zoneinfo
from collections.abc import Collection
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction

from hangarlink.platform.audit.actions import changes, record
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.jobs.schedules import schedule_daily
from hangarlink.platform.people import events, rules
from hangarlink.platform.people.actions.invitations import checked_email, checked_password
from hangarlink.platform.people.actions.locking import under_lock
from hangarlink.platform.people.actions.members import give_roles, names
from hangarlink.platform.people.models import Membership, Role, User
from hangarlink.platform.people.permissions import ROLES, SYSTEM, Actor
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account, Feature

ADMINISTRATOR = "Administrator"


@dataclass(frozen=True)
class NewPerson:
    """Who is to be the first administrator. `password` is not used when the address has a sign-in already."""

    email: str
    name: str
    password: str


@transaction.atomic
def create_account(
    subdomain: str, name: str, administrator: NewPerson, *, time_zone: str = "UTC", acting_user: Actor = SYSTEM
) -> Membership:
    """Create an account with the default roles and its first administrator. Events: account.created, member.joined.

    For the operator: the command line and the demo. Returns the administrator's membership. Not called inside
    `acting_in`. Raises RuleBroken with the field at fault.
    """
    account = _new_account(subdomain, name, time_zone)
    user = _first_administrator(administrator)
    with acting_in(account):
        made = Role.objects.bulk_create(
            Role(
                account=account,
                name=role,
                permissions=[] if role == ADMINISTRATOR else sorted(permissions),
                is_administrator=role == ADMINISTRATOR,
            )
            for role, permissions in ROLES.items()
        )
        member = Membership.objects.create(account=account, user=user)
        give_roles(member, [role for role in made if role.is_administrator])
        record(acting_user, account, "created", new={"subdomain": subdomain, "name": name})
        record(acting_user, member, "joined", new={"roles": names(list(member.roles.all()))})
        announce(events.AccountCreated(account.id))
        announce(events.MemberJoined(member.id, user.id))
    schedule_daily([account])
    return member


@transaction.atomic
def change_account(
    account: Account,
    *,
    name: str,
    time_zone: str,
    stale_usage_days: int,
    utilisation_days: int,
    features: Collection[str],
    acting_user: Actor,
) -> Account:
    """Change the settings of the account acted in. Events: account.changed.

    stale_usage_days  days without usage after which an aircraft's status is unknown, 1 to 365
    utilisation_days  days over which the average use for forecasts is taken, 7 to 365
    features          what is switched on, of `Feature`
    """
    acting_user = under_lock(acting_user, "account.manage")
    account = Account.objects.get(pk=account.pk)
    new = {
        "name": _checked_name(name),
        "time_zone": _checked_zone(time_zone),
        "stale_usage_days": _between(stale_usage_days, 1, 365, "stale_usage_days"),
        "utilisation_days": _between(utilisation_days, 7, 365, "utilisation_days"),
        "features": _checked_features(features),
    }
    old, new = changes(account, new)
    if new:
        for field, value in new.items():
            setattr(account, field, value)
        account.save(update_fields=list(new))
        record(acting_user, account, "changed", old=old, new=new)
        announce(events.AccountChanged(account.id))
    return account


def _new_account(subdomain: str, name: str, time_zone: str) -> Account:
    rules.check_subdomain(subdomain)
    account = Account(subdomain=subdomain, name=_checked_name(name), time_zone=_checked_zone(time_zone))
    try:
        account.full_clean()
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        if field == "subdomain" and Account.objects.filter(subdomain=subdomain).exists():
            messages = [f"There is an account at {subdomain} already."]
        raise RuleBroken(" ".join(messages), field=field) from None
    account.save(force_insert=True)
    return account


def _first_administrator(person: NewPerson) -> User:
    email = checked_email(person.email)
    known = User.objects.filter(email=email).first()
    if known is not None:
        return known
    checked_password(person.password, User(email=email, name=person.name))
    return User.objects.create_user(email, person.password, name=person.name.strip())


def _checked_name(name: str) -> str:
    name = name.strip()
    if not 1 <= len(name) <= 200:
        raise RuleBroken("An account's name has 1 to 200 characters.", field="name")
    return name


def _checked_zone(time_zone: str) -> str:
    if time_zone not in zoneinfo.available_timezones():
        raise RuleBroken(f"{time_zone} is not a time zone; use a name such as Europe/Copenhagen.", field="time_zone")
    return time_zone


def _between(value: int, lowest: int, highest: int, field: str) -> int:
    if not lowest <= value <= highest:
        raise RuleBroken(f"{value} is out of range: use {lowest} to {highest} days.", field=field)
    return value


def _checked_features(features: Collection[str]) -> list[str]:
    unknown = sorted(set(features) - set(Feature.values))
    if unknown:
        raise RuleBroken(f"There is no feature {unknown[0]}.", field="features")
    return [value for value in Feature.values if value in features]
