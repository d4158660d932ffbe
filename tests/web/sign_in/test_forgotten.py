"""A forgotten password: one link, one use, and the same answer for everybody."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from click.testing import CliRunner
from django.core import mail as outbox
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from hangarlink.cli.account import command
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.people import tasks
from hangarlink.platform.people.models import Membership
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from tests.platform.people.conftest import add_member
from tests.web.sign_in.conftest import HOST, KIM, enter, is_in, what_it_says

NEW = "seven grey hangars"


def queued(task: str) -> list[dict[str, str]]:
    return [job.args for job in ProcrastinateJob.objects.filter(task_name=task).order_by("id")]


def run_mail(account: Account) -> None:
    """What the worker does with the messages that are queued."""
    for arguments in queued("people.send_password_reset"):
        tasks.send_password_reset(account, user_id=arguments["user_id"])


def ask(account: Account, door: Client, email: str = KIM) -> str:
    """Ask for a link and take it from the message."""
    door.post("/password/", {"email": email})
    run_mail(account)
    found = re.search(r"http://\S+", outbox.outbox[-1].body)
    assert found
    return found.group().removeprefix("http://demo.localhost:8000")


def choose(client: Client, link: str, password: str = NEW) -> str:
    """Open the link and send the form; what the last page says."""
    page = client.get(link, follow=True)
    address = page.redirect_chain[-1][0] if page.redirect_chain else link
    return client.post(address, {"password1": password, "password2": password}, follow=True).text


def test_a_new_password_by_mail(account: Account, kim: Membership, door: Client) -> None:
    elsewhere = Client(headers={"host": HOST})
    enter(elsewhere)
    link = ask(account, door)
    assert outbox.outbox[0].to == [KIM]
    assert "The new password is saved" in choose(door, link)
    assert not is_in(door)
    assert not is_in(elsewhere), "whoever was signed in with the old password is out"
    enter(door, password=NEW)
    assert is_in(door)
    with acting_in(account):
        assert AuditEntry.objects.filter(action="password_reset").count() == 1


def test_a_link_works_once_and_for_two_hours(account: Account, kim: Membership, door: Client) -> None:
    link = ask(account, door)
    with time_machine.travel(timezone.now() + timedelta(hours=2, seconds=1)):
        assert "not valid any more" in door.get(link, follow=True).text
    choose(door, link)
    assert "not valid any more" in door.get(link, follow=True).text
    assert "not valid any more" in choose(Client(headers={"host": HOST}), link, "another long password")


def test_signing_in_kills_the_link(account: Account, kim: Membership, door: Client) -> None:
    link = ask(account, door)
    enter(door)
    assert "not valid any more" in Client(headers={"host": HOST}).get(link, follow=True).text


def test_the_key_leaves_the_address(account: Account, kim: Membership, door: Client) -> None:
    link = ask(account, door)
    answer = door.get(link)
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("-set-password/")


def test_strangers_get_the_same_answer_and_no_message(
    account: Account, other_account: Account, kim: Membership, door: Client
) -> None:
    add_member(other_account, "elsewhere@example.com")
    answers, jobs = set(), []
    for email in (KIM, "elsewhere@example.com", "nobody@example.com"):
        answers.add(what_it_says(door.post("/password/", {"email": email}, follow=True)))  # type: ignore[arg-type]
        jobs = queued("people.send_password_reset")
    assert len(answers) == 1
    assert len(jobs) == 3, "as much work for a stranger as for a member"
    assert all(set(job) == {"account_id", "user_id"} for job in jobs)
    run_mail(account)
    assert [message.to for message in outbox.outbox] == [[KIM]]


def test_the_link_leads_to_the_configured_address_whatever_the_request_says(account: Account, kim: Membership) -> None:
    Client(headers={"host": f"{HOST}:6666", "x-forwarded-host": "evil.example"}).post("/password/", {"email": KIM})
    run_mail(account)
    assert "http://demo.localhost:8000/password/new/" in outbox.outbox[0].body
    assert "6666" not in outbox.outbox[0].body
    assert "evil" not in outbox.outbox[0].body


def test_nobody_is_flooded_with_messages(account: Account, kim: Membership, door: Client) -> None:
    for _ in range(3):
        assert door.post("/password/", {"email": KIM}).status_code == 302
    assert door.post("/password/", {"email": KIM.upper()}).status_code == 429
    assert "Too many attempts" in door.post("/password/", {"email": KIM}).text


@pytest.mark.parametrize(
    "key", ["x-y", "0-0", "ffffffffffffffffffffffffffffffff-abc-def", "a" * 300 + "-b", "abc-set-password"]
)
def test_made_up_links(door: Client, key: str) -> None:
    assert "not valid any more" in door.get(f"/password/new/{key}/").text


def test_a_weak_password_is_refused_with_the_rule(account: Account, kim: Membership, door: Client) -> None:
    assert "at least 12 characters" in choose(door, ask(account, door), "short")
    enter(door)
    assert is_in(door), "the old password still works"


def test_changing_the_password_while_signed_in(account: Account, kim: Membership, door: Client) -> None:
    enter(door)
    elsewhere = Client(headers={"host": HOST})
    enter(elsewhere)
    form = {"oldpassword": "a wrong one", "password1": NEW, "password2": NEW}
    assert "current password" in door.post("/me/password/", form).text
    form["oldpassword"] = "correct horse battery"
    assert door.post("/me/password/", form).status_code == 302
    assert is_in(door)
    assert not is_in(elsewhere)
    with acting_in(account):
        assert AuditEntry.objects.filter(action="password_changed").count() == 1
    assert queued("people.send_security_notice")[0]["what"] == "the password was changed"


def test_without_a_mail_server_nothing_is_promised(
    account: Account, kim: Membership, door: Client, settings: Any
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    page = door.get("/password/").text
    assert "sends no e-mail" in page
    assert 'name="email"' not in page
    tasks.send_password_reset(account, user_id=str(kim.user_id))
    assert not outbox.outbox


def test_the_operator_makes_a_link_at_the_command_line(account: Account, kim: Membership, door: Client) -> None:
    said = CliRunner().invoke(command, ["password-link", "--account", "demo", "--email", KIM])
    link = said.stdout.strip().removeprefix("http://demo.localhost:8000")
    assert "The new password is saved" in choose(door, link)
    enter(door, password=NEW)
    assert is_in(door)
    assert (
        CliRunner().invoke(command, ["password-link", "--account", "demo", "--email", "x@example.com"]).exit_code == 1
    )
    assert CliRunner().invoke(command, ["password-link", "--account", "nobody", "--email", KIM]).exit_code == 1
