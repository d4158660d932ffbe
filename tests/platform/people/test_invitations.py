"""Invitations: one use, one week, nothing kept but a hash."""

from datetime import timedelta

import pytest
import time_machine
from django.core import mail as outbox
from django.utils import timezone

from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.errors import Missing, NotPermitted, RuleBroken
from hangarlink.platform.people import queries, tasks
from hangarlink.platform.people.actions import (
    accept_invitation,
    invite,
    make_link,
    open_invitation,
    send_again,
    withdraw_invitation,
)
from hangarlink.platform.people.actions.invitations import issue_token
from hangarlink.platform.people.models import Invitation, Membership, Role, User
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.platform.people.conftest import PASSWORD, actor, add_member

CONSOLE = "django.core.mail.backends.console.EmailBackend"
NEW_PASSWORD = "seven grey hangars"


@pytest.fixture
def inviting(school: Account, ada: Membership) -> Actor:
    with acting_in(school):
        return ada.actor()


def technician() -> Role:
    return Role.objects.get(name="Technician")


def test_from_invitation_to_member(school: Account, inviting: Actor) -> None:
    with acting_in(school):
        invitation = invite(" New@Example.com ", roles=[technician()], acting_user=inviting)
        assert invitation.email == "new@example.com"
        assert invitation.token_hash is None
        token = issue_token(invitation)
        kept = Invitation.objects.values().get(pk=invitation.pk)
        assert token not in str(kept)
        member = accept_invitation(token, name="Nora Lind", password=NEW_PASSWORD)
        assert member.user.check_password(NEW_PASSWORD)
        assert [str(role) for role in member.roles.all()] == ["Technician"]
        assert actor(member).may("fleet.view")
        assert list(AuditEntry.objects.order_by("at", "id").values_list("actor_label", "action"))[-2:] == [
            ("Ada Holm", "invited"), ("Nora Lind", "joined"),
        ]  # fmt: skip


def test_a_link_works_once(school: Account, inviting: Actor) -> None:
    with acting_in(school):
        token = issue_token(invite("new@example.com", roles=[technician()], acting_user=inviting))
        accept_invitation(token, name="Nora", password=NEW_PASSWORD)
        with pytest.raises(Missing, match="not valid any more"):
            accept_invitation(token, name="Eve", password="another long password")
        assert User.objects.get(email="new@example.com").check_password(NEW_PASSWORD)


def test_a_link_dies_after_a_week_when_replaced_and_when_withdrawn(school: Account, inviting: Actor) -> None:
    with acting_in(school):
        invitation = invite("new@example.com", roles=[technician()], acting_user=inviting)
        first = issue_token(invitation)
        second = issue_token(invitation)
        with pytest.raises(Missing):
            open_invitation(first)
        assert open_invitation(second) == invitation
        with time_machine.travel(timezone.now() + timedelta(days=7, seconds=1)), pytest.raises(Missing):
            open_invitation(second)
        withdraw_invitation(invitation, acting_user=inviting)
        with pytest.raises(Missing):
            open_invitation(second)
        with pytest.raises(RuleBroken, match="was withdrawn"):
            send_again(invitation, acting_user=inviting)


def test_a_link_of_another_account_is_worth_nothing(school: Account, inviting: Actor, other_account: Account) -> None:
    with acting_in(school):
        token = issue_token(invite("new@example.com", roles=[technician()], acting_user=inviting))
    with acting_in(other_account), pytest.raises(Missing):
        open_invitation(token)


@pytest.mark.parametrize("token", ["", "x", "\x00", "é" * 500, "a" * 10_000])
def test_nonsense_is_not_a_token(school: Account, token: str) -> None:
    with acting_in(school), pytest.raises(Missing):
        open_invitation(token)


def test_who_has_a_sign_in_proves_it(school: Account, inviting: Actor, other_account: Account) -> None:
    add_member(other_account, "pilot@example.com")
    with acting_in(school):
        token = issue_token(invite("pilot@example.com", roles=[technician()], acting_user=inviting))
        with pytest.raises(RuleBroken, match="not the password of your sign-in") as refused:
            accept_invitation(token, name="Somebody Else", password="a guess that is wrong")
        assert refused.value.field == "password"
        member = accept_invitation(token, name="Somebody Else", password=PASSWORD)
        assert member.user.name == "Pilot"
        assert User.objects.filter(email="pilot@example.com").count() == 1


@pytest.mark.parametrize(
    ("name", "password", "field"),
    [
        ("", NEW_PASSWORD, "name"),
        ("x" * 201, NEW_PASSWORD, "name"),
        ("Nora", "short", "password"),
        ("Nora", "passwordpassword", ""),
        ("Nora", "new@example.com", "password"),
    ],
)
def test_what_a_new_person_must_give(school: Account, inviting: Actor, name: str, password: str, field: str) -> None:
    with acting_in(school):
        token = issue_token(invite("new@example.com", roles=[technician()], acting_user=inviting))
        if not field:
            accept_invitation(token, name=name, password=password)
            return
        with pytest.raises(RuleBroken) as refused:
            accept_invitation(token, name=name, password=password)
        assert refused.value.field == field
        assert not User.objects.filter(email="new@example.com").exists()


def test_who_is_not_invited(school: Account, inviting: Actor, ada: Membership) -> None:
    with acting_in(school):
        invite("new@example.com", roles=[technician()], acting_user=inviting)
        kim = add_member(school, "kim@example.com", "Technician")
        former = add_member(school, "former@example.com", "Technician")
        Membership.objects.filter(pk=former.pk).update(is_active=False)
        for email, says in (
            ("ada@example.com", "member of this account already"),
            ("former@example.com", "Reactivate"),
            ("NEW@example.com", "has an open invitation"),
            ("not an address", "not an e-mail address"),
            ("a@example.com\nBcc: all@example.com", "not an e-mail address"),
        ):
            with pytest.raises(RuleBroken, match=says) as refused:
                invite(email, roles=[technician()], acting_user=inviting)
            assert refused.value.field == "email"
        with pytest.raises(RuleBroken, match="at least one role"):
            invite("third@example.com", roles=[], acting_user=inviting)
        with pytest.raises(NotPermitted):
            invite("third@example.com", roles=[technician()], acting_user=actor(kim))


def test_an_invitation_gives_no_more_than_its_maker_holds(school: Account) -> None:
    with acting_in(school):
        Role.objects.create(account=school, name="Office", permissions=["people.view", "people.manage"])
        office = actor(add_member(school, "office@example.com", "Office"))
        with pytest.raises(NotPermitted, match="rights that you do not have"):
            invite("friend@example.com", roles=[Role.objects.get(name="Administrator")], acting_user=office)


def test_an_expired_invitation_gives_way_to_a_new_one(school: Account, inviting: Actor) -> None:
    with acting_in(school):
        invite("new@example.com", roles=[technician()], acting_user=inviting)
        with time_machine.travel(timezone.now() + timedelta(days=8)):
            invite("new@example.com", roles=[technician()], acting_user=inviting)
            assert queries.waiting_invitations().count() == 1


def test_the_message_carries_a_link_to_this_account(school: Account, inviting: Actor) -> None:
    with acting_in(school):
        invitation = invite("new@example.com", roles=[technician()], acting_user=inviting)
    tasks.send_invitation(school, invitation_id=str(invitation.id))
    [message] = outbox.outbox
    assert message.to == ["new@example.com"]
    link = next(line for line in message.body.splitlines() if line.startswith("http"))
    assert link.startswith("http://skyline.localhost:8000/invitation/")
    with acting_in(school):
        assert open_invitation(link.rstrip("/").rpartition("/")[2]) == invitation
        assert Invitation.objects.get().sent_at is not None
    # A job that runs a second time sends nothing, and does not break the link that is under way.
    tasks.send_invitation(school, invitation_id=str(invitation.id))
    assert len(outbox.outbox) == 1
    with acting_in(school):
        send_again(invitation, acting_user=inviting)
    tasks.send_invitation(school, invitation_id=str(invitation.id))
    assert len(outbox.outbox) == 2


def test_a_mail_server_that_is_down_is_said_on_the_invitation(school: Account, inviting: Actor, settings) -> None:  # type: ignore[no-untyped-def]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9
    with acting_in(school):
        invitation = invite("new@example.com", roles=[technician()], acting_user=inviting)
    tasks.send_invitation(school, invitation_id=str(invitation.id))
    with acting_in(school):
        kept = Invitation.objects.get()
        assert kept.sent_at is None
        assert kept.send_error == "The mail server refused: ConnectionRefusedError"


def test_without_a_mail_server_the_link_is_handed_over(school: Account, inviting: Actor, settings) -> None:  # type: ignore[no-untyped-def]
    with acting_in(school):
        invitation = invite("new@example.com", roles=[technician()], acting_user=inviting)
        with pytest.raises(RuleBroken, match="by e-mail"):
            make_link(invitation, acting_user=inviting)
        settings.EMAIL_BACKEND = CONSOLE
        token = make_link(invitation, acting_user=inviting)
        assert open_invitation(token) == invitation
        assert token not in str(list(AuditEntry.objects.values()))
