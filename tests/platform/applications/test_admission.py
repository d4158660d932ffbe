"""Who gets in with a token."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from hangarlink.platform.applications import credentials
from hangarlink.platform.applications.actions import IssuedSecret, change_application, revoke_application
from hangarlink.platform.applications.admission import Caller, TokenFault, admit
from hangarlink.platform.applications.models import AccessToken, Application
from hangarlink.platform.applications.scopes import Scope
from hangarlink.platform.people.permissions import Actor, ActorKind
from hangarlink.platform.tenancy.models import Account


@pytest.fixture
def token(issued: IssuedSecret) -> str:
    made = credentials.new_token(object())
    AccessToken.objects.create(
        application=issued.application,
        token_checksum=credentials.token_digest(made),
        expires=timezone.now() + timedelta(hours=1),
        scope="aircraft_read defects_write",
    )
    return made


def test_a_good_token_says_who_is_asking(token: str, account: Account, issued: IssuedSecret) -> None:
    caller = admit("demo", token)
    assert isinstance(caller, Caller)
    assert caller.account == account
    assert caller.account.features == account.features
    assert caller.application_id == issued.application.id
    assert caller.source == issued.application.source
    assert caller.scopes == {Scope.AIRCRAFT_READ, Scope.DEFECTS_WRITE}
    assert caller.quota.used == 1


def test_it_acts_as_the_application_with_the_scopes_permissions(token: str, issued: IssuedSecret) -> None:
    caller = admit("demo", token)
    assert isinstance(caller, Caller)
    actor = caller.actor()
    assert (actor.kind, actor.id, actor.label) == (ActorKind.APPLICATION, issued.application.id, "Flight school")
    assert actor.permissions == {"fleet.view", "defects.report"}


def test_one_trip_to_the_database(token: str) -> None:
    with CaptureQueriesContext(
        connection,
    ) as seen:
        admit("demo", token)
    assert len(seen) == 1


def test_a_token_is_good_under_its_own_subdomain_only(token: str, other_account: Account) -> None:
    """[stated: req-2] The token is requested for a subdomain."""
    assert admit("other", token) is TokenFault.UNKNOWN
    assert admit("nowhere", token) is TokenFault.NO_ACCOUNT
    assert admit("", token) is TokenFault.NO_ACCOUNT


@pytest.mark.parametrize("token", ["", "hlt_nonsense", "x' OR 1=1 --", "\x00", "\ud800"])
def test_garbage_is_unknown(account: Account, token: str) -> None:
    assert admit("demo", token) is TokenFault.UNKNOWN


def test_an_expired_token_says_so_and_counts_nothing(token: str) -> None:
    AccessToken.objects.update(expires=timezone.now() - timedelta(seconds=1))
    assert admit("demo", token) is TokenFault.EXPIRED
    assert Application.objects.get().last_used_at is None


def test_a_scope_taken_away_stops_working_at_once(token: str, issued: IssuedSecret, acting_user: Actor) -> None:
    change_application(issued.application, scopes=["aircraft_read"], acting_user=acting_user)
    caller = admit("demo", token)
    assert isinstance(caller, Caller)
    assert caller.scopes == {Scope.AIRCRAFT_READ}


def test_a_scope_granted_later_needs_a_new_token(token: str, issued: IssuedSecret, acting_user: Actor) -> None:
    change_application(issued.application, scopes=["aircraft_read", "defects_read"], acting_user=acting_user)
    caller = admit("demo", token)
    assert isinstance(caller, Caller)
    assert caller.scopes == {Scope.AIRCRAFT_READ}


def test_a_revoked_application_is_unknown(token: str, issued: IssuedSecret, acting_user: Actor) -> None:
    revoke_application(issued.application, acting_user=acting_user)
    assert admit("demo", token) is TokenFault.UNKNOWN


def test_the_last_use_is_noted_at_most_once_a_minute(token: str) -> None:
    admit("demo", token)
    first = Application.objects.get().last_used_at
    assert first is not None
    admit("demo", token)
    assert Application.objects.get().last_used_at == first
    Application.objects.update(last_used_at=first - timedelta(seconds=61))
    admit("demo", token)
    noted = Application.objects.get().last_used_at
    assert noted is not None
    assert noted > first - timedelta(seconds=1)
