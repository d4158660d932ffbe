"""Create, change, rotate, revoke. Each writes the row, its audit row and its event in one transaction."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db.transaction import atomic
from django.utils import timezone
from oauth2_provider.generators import generate_client_id

from hangarlink.platform.applications import credentials, events
from hangarlink.platform.applications.models import Application
from hangarlink.platform.applications.scopes import Scope, known, unknown
from hangarlink.platform.applications.tasks import TIDY
from hangarlink.platform.audit.actions import changes, record
from hangarlink.platform.errors import RuleBroken
from hangarlink.platform.events.actions import announce
from hangarlink.platform.jobs.schedules import set_schedule
from hangarlink.platform.people.permissions import Actor, require
from hangarlink.platform.tenancy.context import current_account

MANAGE = "applications.manage"
LONGEST_OVERLAP = timedelta(days=7)
DAILY = 24 * 3600


@dataclass(frozen=True)
class IssuedSecret:
    """An application with the only sight of its secret. Show it once; it cannot be read again."""

    application: Application
    client_id: str
    secret: str = field(repr=False)


@atomic
def create_application(
    *,
    name: str,
    scopes: Iterable[str],
    replaces: Application | None = None,
    acting_user: Actor,
) -> IssuedSecret:
    """Make an OAuth application. Events: application.created.

    scopes    names of Scope; only what the acting user may do can be granted
    replaces  an earlier application of the same system: its external ids stay known, so that its flights and defects
              are recognised when they are sent again. It is not revoked
    Raises RuleBroken (fields name, scopes), NotPermitted.
    """
    require(acting_user, MANAGE)
    granted = _granted(scopes, acting_user)
    secret = credentials.new_secret()
    application = Application(
        account=current_account(),
        name=_checked_name(name),
        scopes=granted,
        client_id=generate_client_id(),
        client_secret=credentials.hashed(secret),
        client_type=Application.CLIENT_CONFIDENTIAL,
        authorization_grant_type=Application.GRANT_CLIENT_CREDENTIALS,
        created_by=acting_user.id,
    )
    application.source = replaces.source if replaces is not None else f"api:{application.id.hex}"
    application.save(force_insert=True)
    set_schedule(application.account, TIDY, application.account.id, every_seconds=DAILY)
    record(acting_user, application, "created", new=_state(application))
    announce(events.ApplicationCreated(application.id, tuple(granted)))
    return IssuedSecret(application, application.client_id, secret)


@atomic
def change_application(
    application: Application,
    *,
    name: str | None = None,
    scopes: Iterable[str] | None = None,
    acting_user: Actor,
) -> Application:
    """Change what is given; None leaves it. A scope taken away stops working at once. Events: application.changed."""
    require(acting_user, MANAGE)
    application = _locked(application)
    wanted: dict[str, Any] = {}
    if name is not None:
        wanted["name"] = _checked_name(name, application)
    if scopes is not None:
        wanted["scopes"] = _granted(scopes, acting_user, already=application.scopes)
    old, new = changes(application, wanted)
    if not new:
        return application
    for attribute, value in new.items():
        setattr(application, attribute, value)
    application.save(update_fields=[*new, "updated"])
    record(acting_user, application, "changed", old=old, new=new)
    announce(events.ApplicationChanged(application.id, tuple(application.scopes)))
    return application


@atomic
def rotate_secret(
    application: Application, *, keep_old_for: timedelta = timedelta(0), acting_user: Actor
) -> IssuedSecret:
    """Give a new secret. Events: application.secret_rotated.

    keep_old_for  how long the old secret stays good beside the new one, at most seven days. Zero, the default, is for
                  a secret that leaked: then the tokens out there end at once, too
    """
    require(acting_user, MANAGE)
    if not timedelta(0) <= keep_old_for <= LONGEST_OVERLAP:
        raise RuleBroken("The old secret may stay good for 0 to 7 days.", field="keep_old_for")
    application = _locked(application)
    secret = credentials.new_secret()
    until = timezone.now() + keep_old_for if keep_old_for else None
    application.previous_secret = application.client_secret if until else ""
    application.previous_secret_until = until
    application.client_secret = credentials.hashed(secret)
    application.save(update_fields=["client_secret", "previous_secret", "previous_secret_until", "updated"])
    if until is None:
        application.access_tokens.all().delete()
    record(acting_user, application, "secret rotated", new={"old_secret_good_until": until})
    announce(events.ApplicationSecretRotated(application.id))
    return IssuedSecret(application, application.client_id, secret)


@atomic
def revoke_application(application: Application, *, acting_user: Actor) -> Application:
    """End it for good: secret and tokens stop working at once; what it sent stays. Events: application.revoked."""
    require(acting_user, MANAGE)
    application = _locked(application)
    application.revoked_at = timezone.now()
    application.client_secret = credentials.hashed(credentials.new_secret())
    application.previous_secret, application.previous_secret_until = "", None
    application.save(
        update_fields=["revoked_at", "client_secret", "previous_secret", "previous_secret_until", "updated"]
    )
    application.access_tokens.all().delete()
    record(acting_user, application, "revoked", new={"revoked_at": application.revoked_at})
    announce(events.ApplicationRevoked(application.id))
    return application


def _locked(application: Application) -> Application:
    """The row as it is now, held until the transaction ends. A revoked application cannot be changed any more."""
    held = Application.objects.select_for_update().get(pk=application.pk)
    if held.is_revoked:
        raise RuleBroken(f"{held.name} is revoked for good. Create a new application instead.")
    return held


def _checked_name(name: str, application: Application | None = None) -> str:
    name = " ".join(name.split())
    if not 1 <= len(name) <= 120:
        raise RuleBroken(
            "Give the application a name of 1 to 120 characters, e.g. the system that will use it.", field="name"
        )
    others = Application.objects.filter(name__iexact=name, revoked_at=None)
    if application is not None:
        others = others.exclude(pk=application.pk)
    if others.exists():
        raise RuleBroken(
            f"There is an application named {name} already. Names tell them apart in the sync log.", field="name"
        )
    return name


def _granted(scopes: Iterable[str], acting_user: Actor, *, already: Iterable[str] = ()) -> list[str]:
    words = list(scopes)
    if strange := unknown(words):
        raise RuleBroken(f"There is no scope {', '.join(strange)}. The scopes are {', '.join(Scope)}.", field="scopes")
    granted = known(words)
    if not granted:
        raise RuleBroken("Choose at least one scope, and only those that are needed.", field="scopes")
    for scope in granted:
        # Nobody gives a program more than they may do themselves.
        if scope not in already:
            require(acting_user, scope.permission)
    return [scope.value for scope in granted]


def _state(application: Application) -> dict[str, Any]:
    return {"name": application.name, "scopes": application.scopes}
