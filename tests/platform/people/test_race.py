"""Two administrators at the same moment, on two connections."""

import threading

import pytest
from django.db import connections

from hangarlink.platform.errors import NotPermitted, RuleBroken
from hangarlink.platform.people import queries
from hangarlink.platform.people.actions import (
    NewPerson,
    accept_invitation,
    change_roles,
    create_account,
    deactivate,
    invite,
)
from hangarlink.platform.people.actions.invitations import issue_token
from hangarlink.platform.people.models import Membership, Role, User
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.platform.people.conftest import PASSWORD, actor, add_member


@pytest.fixture
def pair(committed: None) -> tuple[Account, Membership, Membership]:
    account = create_account("skyline", "Skyline", NewPerson("ada@example.com", "Ada", PASSWORD)).account
    bo = add_member(account, "bo@example.com", "Administrator")
    with acting_in(account):
        ada = Membership.objects.select_related("user").get(user__email="ada@example.com")
    return account, ada, bo


@pytest.mark.parametrize("verb", ["demote", "deactivate"])
def test_two_administrators_who_remove_each_other_leave_one(
    pair: tuple[Account, Membership, Membership], verb: str
) -> None:
    account, ada, bo = pair
    ready, answers = threading.Barrier(2, timeout=20), []

    def remove(mine: Membership, other: Membership) -> None:
        try:
            with acting_in(account):
                acting_user = actor(mine)
                ready.wait()
                if verb == "demote":
                    change_roles(other, roles=[Role.objects.get(name="Technician")], acting_user=acting_user)
                else:
                    deactivate(other, acting_user=acting_user)
            answers.append("done")
        except (NotPermitted, RuleBroken) as refused:
            answers.append(type(refused).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=remove, args=couple) for couple in ((ada, bo), (bo, ada))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    # The second one finds that they are no administrator any more.
    assert sorted(answers) == ["NotPermitted", "done"]
    with acting_in(account):
        assert len(queries.administrators()) == 1


def test_one_link_used_twice_at_once_makes_one_member(pair: tuple[Account, Membership, Membership]) -> None:
    account, ada, _ = pair
    with acting_in(account):
        technician = Role.objects.get(name="Technician")
        token = issue_token(invite("new@example.com", roles=[technician], acting_user=actor(ada)))
    ready, answers = threading.Barrier(2, timeout=20), []

    def accept(name: str) -> None:
        try:
            with acting_in(account):
                ready.wait()
                accept_invitation(token, name=name, password=f"{name} likes long passwords")
            answers.append("joined")
        except Exception as refused:  # noqa: BLE001 - the test wants to see whatever it was
            answers.append(type(refused).__name__)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=accept, args=(name,)) for name in ("Nora", "Eve")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers) == ["Missing", "joined"]
    assert User.objects.filter(email="new@example.com").count() == 1
    with acting_in(account):
        assert Membership.objects.filter(user__email="new@example.com").count() == 1
