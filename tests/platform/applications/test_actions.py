"""Applications from creation to revocation, and what is left of it in audit and events."""

from datetime import timedelta

import pytest
from django.utils import timezone

from hangarlink.platform.applications import credentials
from hangarlink.platform.applications.actions import (
    IssuedSecret,
    change_application,
    create_application,
    revoke_application,
    rotate_secret,
)
from hangarlink.platform.applications.models import AccessToken, Application
from hangarlink.platform.applications.queries import applications, find_application
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.errors import Missing, NotPermitted, RuleBroken
from hangarlink.platform.events.models import OutboxEvent
from hangarlink.platform.jobs.models import Schedule
from hangarlink.platform.people.permissions import Actor, ActorKind
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account, new_id


def an_actor(*permissions: str) -> Actor:
    return Actor(ActorKind.PERSON, new_id(), "Kim", frozenset(permissions))


def a_token(application: Application) -> AccessToken:
    return AccessToken.objects.create(
        application=application,
        token_checksum=new_id().hex,
        expires=timezone.now() + timedelta(hours=1),
        scope="aircraft_read",
    )


def test_the_secret_is_shown_once_and_kept_hashed(issued: IssuedSecret) -> None:
    kept = Application.objects.get(pk=issued.application.pk)
    assert credentials.matches(issued.secret, kept.client_secret)
    assert issued.secret not in repr(issued)
    assert kept.scopes == ["aircraft_read", "defects_write"]
    assert kept.authorization_grant_type == Application.GRANT_CLIENT_CREDENTIALS


def test_no_secret_reaches_audit_or_events(issued: IssuedSecret, acting_user: Actor) -> None:
    second = rotate_secret(issued.application, keep_old_for=timedelta(days=1), acting_user=acting_user)
    written = [str(row) for model in (AuditEntry, OutboxEvent) for row in model.objects.values()]
    assert "secret rotated" in str(written)
    kept = Application.objects.get(pk=issued.application.pk)
    for secret in (issued.secret, second.secret, kept.client_secret, kept.previous_secret):
        assert not any(secret in row for row in written)


def test_each_action_leaves_an_audit_row_and_an_event(issued: IssuedSecret, acting_user: Actor) -> None:
    change_application(issued.application, name="Flight school 2", acting_user=acting_user)
    rotate_secret(issued.application, acting_user=acting_user)
    revoke_application(issued.application, acting_user=acting_user)
    audited = AuditEntry.objects.filter(object_id=issued.application.id).order_by("id").values_list("action", flat=True)
    announced = (
        OutboxEvent.objects.filter(type__startswith="application.").order_by("id").values_list("type", flat=True)
    )
    assert list(audited) == ["created", "changed", "secret rotated", "revoked"]
    assert list(announced) == [
        "application.created", "application.changed", "application.secret_rotated", "application.revoked",
    ]  # fmt: skip


def test_a_change_of_nothing_writes_nothing(issued: IssuedSecret, acting_user: Actor) -> None:
    before = AuditEntry.objects.count()
    change_application(
        issued.application, name="Flight school", scopes=["defects_write", "aircraft_read"], acting_user=acting_user
    )
    assert AuditEntry.objects.count() == before


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"name": " "}, "name", "1 to 120 characters"),
        ({"name": "x" * 121}, "name", "1 to 120 characters"),
        ({"scopes": []}, "scopes", "at least one scope"),
        ({"scopes": ["aircraft_read", "admin"]}, "scopes", "no scope admin"),
    ],
)
def test_bad_input_is_refused_with_the_field(
    acting_user: Actor, changed: dict[str, object], field: str, words: str
) -> None:
    given = {"name": "App", "scopes": ["aircraft_read"], **changed}
    with pytest.raises(RuleBroken, match=words) as refused:
        create_application(**given, acting_user=acting_user)  # type: ignore[arg-type]
    assert refused.value.field == field
    assert not Application.objects.exists()


def test_names_tell_applications_apart(issued: IssuedSecret, acting_user: Actor) -> None:
    with pytest.raises(RuleBroken, match="already"):
        create_application(name="FLIGHT school", scopes=["aircraft_read"], acting_user=acting_user)
    revoke_application(issued.application, acting_user=acting_user)
    create_application(name="Flight school", scopes=["aircraft_read"], acting_user=acting_user)


def test_without_the_permission_nothing_works(issued: IssuedSecret) -> None:
    nobody = an_actor("fleet.view", "fleet.edit")
    with pytest.raises(NotPermitted):
        create_application(name="App", scopes=["aircraft_read"], acting_user=nobody)
    with pytest.raises(NotPermitted):
        change_application(issued.application, name="Mine", acting_user=nobody)
    with pytest.raises(NotPermitted):
        rotate_secret(issued.application, acting_user=nobody)
    with pytest.raises(NotPermitted):
        revoke_application(issued.application, acting_user=nobody)


def test_nobody_grants_more_than_they_may_do(issued: IssuedSecret) -> None:
    """Otherwise an application would be a way to more rights."""
    keeper = an_actor("applications.manage", "fleet.view")
    with pytest.raises(NotPermitted, match=r"fleet\.edit"):
        create_application(name="App", scopes=["aircraft_write"], acting_user=keeper)
    # What somebody else granted may stay, and may be taken away.
    change_application(issued.application, scopes=["aircraft_read", "defects_write"], acting_user=keeper)
    change_application(issued.application, scopes=["aircraft_read"], acting_user=keeper)
    with pytest.raises(NotPermitted):
        change_application(issued.application, scopes=["aircraft_read", "defects_write"], acting_user=keeper)


def test_rotation_may_leave_the_old_secret_good_for_a_while(issued: IssuedSecret, acting_user: Actor) -> None:
    token = a_token(issued.application)
    second = rotate_secret(issued.application, keep_old_for=timedelta(hours=2), acting_user=acting_user)
    kept = Application.objects.get(pk=issued.application.pk)
    assert credentials.matches(second.secret, kept.client_secret)
    assert credentials.matches(issued.secret, kept.previous_secret)
    assert kept.previous_secret_until is not None
    assert AccessToken.objects.filter(pk=token.pk).exists()


def test_rotation_without_overlap_ends_secret_and_tokens(issued: IssuedSecret, acting_user: Actor) -> None:
    a_token(issued.application)
    rotate_secret(issued.application, acting_user=acting_user)
    kept = Application.objects.get(pk=issued.application.pk)
    assert (kept.previous_secret, kept.previous_secret_until) == ("", None)
    assert not credentials.matches(issued.secret, kept.client_secret)
    assert not AccessToken.objects.exists()


@pytest.mark.parametrize("overlap", [timedelta(seconds=-1), timedelta(days=7, seconds=1)])
def test_an_overlap_is_at_most_a_week(issued: IssuedSecret, acting_user: Actor, overlap: timedelta) -> None:
    with pytest.raises(RuleBroken, match="0 to 7 days"):
        rotate_secret(issued.application, keep_old_for=overlap, acting_user=acting_user)


def test_a_revoked_application_is_over(issued: IssuedSecret, acting_user: Actor) -> None:
    a_token(issued.application)
    revoke_application(issued.application, acting_user=acting_user)
    kept = Application.objects.get(pk=issued.application.pk)
    assert kept.is_revoked
    assert not AccessToken.objects.exists()
    assert not credentials.matches(issued.secret, kept.client_secret)
    for action in (change_application, rotate_secret, revoke_application):
        with pytest.raises(RuleBroken, match="revoked for good"):
            action(issued.application, acting_user=acting_user)


def test_a_successor_speaks_for_the_same_system(issued: IssuedSecret, acting_user: Actor) -> None:
    heir = create_application(
        name="New", scopes=["aircraft_read"], replaces=issued.application, acting_user=acting_user
    )
    stranger = create_application(name="Other", scopes=["aircraft_read"], acting_user=acting_user)
    assert heir.application.source == issued.application.source
    assert stranger.application.source != issued.application.source


def test_the_list_shows_those_in_use_first(issued: IssuedSecret, acting_user: Actor) -> None:
    old = create_application(name="A retired one", scopes=["aircraft_read"], acting_user=acting_user)
    revoke_application(old.application, acting_user=acting_user)
    assert [application.name for application in applications()] == ["Flight school", "A retired one"]
    assert find_application(issued.application.id) == issued.application


def test_another_accounts_application_does_not_exist(account: Account, other_account: Account, admin: object) -> None:
    actor = Actor(ActorKind.PERSON, None, "Kim", frozenset({"applications.manage", "fleet.view"}))
    with acting_in(account):
        made = create_application(name="App", scopes=["aircraft_read"], acting_user=actor).application
    with acting_in(other_account):
        assert not applications().exists()
        with pytest.raises(Missing):
            find_application(made.id)


def test_tidying_is_scheduled_once_an_account(issued: IssuedSecret, acting_user: Actor) -> None:
    create_application(name="Second", scopes=["aircraft_read"], acting_user=acting_user)
    assert Schedule.objects.filter(task="applications.tidy").count() == 1
