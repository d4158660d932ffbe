"""Tokens are renewed before they end and when they are refused, once whoever asks, and never lost."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from hangarlink.integration.connections.actions import create_connection
from hangarlink.integration.connections.actions import test_connection as prove_again
from hangarlink.integration.connections.dialling import open_line
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.oauth import keeping
from hangarlink.integration.connections.oauth.models import Grant
from hangarlink.integration.connections.oauth.partner_apps import set_partner_app
from hangarlink.integration.connections.proving import Credentials, Unproven
from hangarlink.integration.contract import AuthFailed, DataError, Malformed, PartnerError, Permanent, ServerTrouble
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.people.permissions import PERMISSIONS, Actor
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault import Secret
from hangarlink.platform.vault import actions as vault
from tests.conftest import make_member
from tests.integration.conftest import Waits
from tests.integration.connections.conftest import authorise
from tests.integration.connections.partner import CLIENT_ID, CLIENT_SECRET, PASSWORD, USER, Call, Partner

TOKEN = "/oauth2/token"


def who(connection: Connection, waits: Waits | None = None) -> str:
    with open_line(connection, pace=waits or Waits()) as line:
        me: dict[str, str] = line.call("GET", "/me", read=lambda answer: answer.json())
        return me["realm"]


def grant(connection: Connection) -> Grant:
    return Grant.objects.get(connection=connection)


def refreshes(partner: Partner) -> int:
    return sum(call.form.get("grant_type") == "refresh_token" for call in partner.called(TOKEN))


def age(connection: Connection, *, seconds: float = 1) -> None:
    """The moment to renew has passed."""
    Grant.objects.filter(connection=connection).update(expires_at=timezone.now() - timedelta(seconds=seconds))


def test_it_is_renewed_before_it_ends(authorised: Connection, partner: Partner) -> None:
    age(authorised)
    assert who(authorised) == "r-1"
    assert refreshes(partner) == 1
    assert len(partner.called("/me")) == 2, "one for proving, one now: no refused call in between"
    assert who(authorised) == "r-1"
    assert refreshes(partner) == 1


def test_a_refused_token_is_renewed_and_the_call_repeated_once(authorised: Connection, partner: Partner) -> None:
    partner.expire()
    waits = Waits()
    assert who(authorised, waits) == "r-1"
    assert refreshes(partner) == 1
    assert waits.seconds == [], "it is not a failure to wait after"


def test_a_partner_that_refuses_whatever_it_is_shown(authorised: Connection, partner: Partner) -> None:
    refused = (401, {}, b'{"error": "no"}')
    partner.fail("/me", *[refused] * 5)
    with pytest.raises(AuthFailed):
        who(authorised)
    assert refreshes(partner) == 1
    assert len(partner.called("/me")) == 3, "proven, refused, refused with a new token"


def test_the_new_refresh_token_is_kept(authorised: Connection, partner: Partner) -> None:
    for _ in range(3):
        partner.expire()
        who(authorised)
    assert grant(authorised).serial == 4
    assert vault.reveal(authorised, "refresh_token").reveal() in partner.refresh


def test_a_partner_that_does_not_rotate_keeps_its_token(authorised: Connection, partner: Partner) -> None:
    partner.rotates = False
    before = vault.reveal(authorised, "refresh_token")
    partner.expire()
    who(authorised)
    assert vault.reveal(authorised, "refresh_token") == before


def test_routine_renewals_leave_no_audit_entries(authorised: Connection, partner: Partner) -> None:
    before = AuditEntry.objects.count()
    partner.expire()
    who(authorised)
    assert AuditEntry.objects.count() == before


def test_a_grant_that_is_gone_is_not_asked_for_again(authorised: Connection, partner: Partner) -> None:
    partner.take_back()
    with pytest.raises(AuthFailed, match="Authorise the connection again"):
        who(authorised)
    assert grant(authorised).broken_code == "invalid_grant"
    calls = len(partner.calls)
    for _ in range(3):
        with pytest.raises(AuthFailed):
            who(authorised)
    assert len(partner.calls) == calls


def test_reuse_of_a_refresh_token_ends_in_asking_a_person(authorised: Connection, partner: Partner) -> None:
    """An old pair, from a restored backup: the partner takes the whole grant back."""
    old = vault.reveal(authorised, "refresh_token")
    partner.expire()
    who(authorised)
    vault.put(authorised, "refresh_token", old, acting_user=keeping.SYSTEM)
    partner.expire()
    with pytest.raises(AuthFailed):
        who(authorised)
    assert grant(authorised).broken_at is not None


def test_authorising_again_mends_it(
    authorised: Connection, acting: Account, partner: Partner, acting_user: Actor
) -> None:
    partner.take_back()
    with pytest.raises(AuthFailed):
        who(authorised)
    authorise(acting, partner, acting_user, connection=authorised)
    assert who(authorised) == "r-1"


def test_a_token_endpoint_that_is_down_is_tried_by_the_table(authorised: Connection, partner: Partner) -> None:
    age(authorised)
    partner.fail(TOKEN, (503, {}, b""), (500, {}, b"oops"))
    waits = Waits()
    assert who(authorised, waits) == "r-1"
    assert waits.seconds == [1, 2]


def test_also_after_a_refused_call(authorised: Connection, partner: Partner) -> None:
    partner.expire()
    partner.fail(TOKEN, (503, {}, b""))
    waits = Waits()
    assert who(authorised, waits) == "r-1"
    assert waits.seconds == [1]


@pytest.mark.parametrize("told", [3600, "3600", 3600.9, None, "soon", -1, 0, True, 10**30, [], {"a": 1}])
def test_any_lifetime_is_lived_with(
    app: None, acting: Account, partner: Partner, acting_user: Actor, told: Any
) -> None:
    partner.lifetime = told
    made = authorise(acting, partner, acting_user)
    assert who(made) == "r-1"
    assert refreshes(partner) == 0


@pytest.mark.parametrize("skew", [timedelta(hours=-9), timedelta(hours=9)])
def test_clocks_need_not_agree(authorised: Connection, partner: Partner, skew: timedelta) -> None:
    """Lifetimes are spans, counted by one clock; where that is wrong, the refused call mends it."""
    clock = lambda: timezone.now() + skew  # noqa: E731
    partner.expire()
    with open_line(authorised, pace=Waits()) as line:
        line._keys._clock = clock
        assert line.call("GET", "/me", read=lambda answer: answer.json())["realm"] == "r-1"
    assert refreshes(partner) == 1


ELSEWHERE = (302, {"Location": "https://evil.example/token"}, b"")


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (ELSEWHERE, Permanent),
        ((200, {}, b"<html>ok</html>"), Malformed),
        ((200, {}, b"[]"), Malformed),
        ((200, {}, b"{}"), Malformed),
        ((200, {}, b'{"access_token": 7}'), Malformed),
        ((200, {}, b'{"access_token": "a\\r\\nX: y"}'), Malformed),
        ((200, {}, b'{"access_token": "abc", "token_type": "mac"}'), Malformed),
        ((200, {}, b'{"access_token": "abc", "refresh_token": ["x"]}'), Malformed),
        ((200, {}, b'{"ok": false, "error": "invalid_refresh_token"}'), AuthFailed),
        ((400, {}, b'{"error": "invalid_client"}'), AuthFailed),
        ((400, {}, b"{"), DataError),
        ((200, {}, b'{"access_token": "' + b"a" * 70_000 + b'"}'), DataError),
    ],
)
def test_what_a_token_endpoint_may_answer(
    authorised: Connection, partner: Partner, answer: tuple[int, dict[str, str], bytes], error: type[PartnerError]
) -> None:
    age(authorised)
    before = vault.reveal(authorised, "refresh_token")
    partner.fail(TOKEN, *[answer] * 5)
    with pytest.raises(error) as failed:
        who(authorised)
    assert "canary" not in f"{failed.value} {failed.value.detail} {failed.value!r}"
    assert vault.reveal(authorised, "refresh_token") == before
    assert grant(authorised).serial == 1


def test_300_megabytes_are_not_read(authorised: Connection, partner: Partner) -> None:
    age(authorised)
    sent: list[int] = []

    def pour(call: Call) -> tuple[int, dict[str, str], Any]:
        def pieces() -> Iterator[bytes]:
            for _ in range(300):
                sent.append(1)
                yield b"x" * 2**20

        return 200, {}, pieces()

    partner.fail(TOKEN, pour)
    with pytest.raises(DataError, match="more than"):
        who(authorised)
    assert len(sent) < 50


def test_errors_repeat_no_secret(authorised: Connection, partner: Partner, caplog: pytest.LogCaptureFixture) -> None:
    refresh = vault.reveal(authorised, "refresh_token").reveal()
    told = f"bad {refresh} {CLIENT_SECRET}".encode()
    age(authorised)
    partner.fail(TOKEN, *[(400, {}, told)] * 2)
    with pytest.raises(PartnerError) as failed:
        who(authorised)
    for text in (str(failed.value), failed.value.detail, repr(failed.value), caplog.text):
        assert "canary" not in text
    with open_line(authorised, pace=Waits()) as line:
        assert "canary" not in repr(line) + repr(line._keys) + repr(vars(line._keys))


def test_client_credentials_buy_a_token(app: None, acting: Account, partner: Partner, acting_user: Actor) -> None:
    given = Credentials({"client_secret": Secret(CLIENT_SECRET)}, {"client_id": CLIENT_ID}, "client_credentials")
    made = create_connection(connector="acme", credentials=given, base_url=partner.url, acting_user=acting_user)
    assert made.access == {"client_id": CLIENT_ID}
    assert who(made) == "r-1"
    bought = len(partner.called(TOKEN))
    assert who(made) == "r-1"
    assert len(partner.called(TOKEN)) == bought, "the token is shared by whoever comes next"
    partner.expire()
    assert who(made) == "r-1"
    assert len(partner.called(TOKEN)) == bought + 1
    wrong = Credentials({"client_secret": Secret("wrong")}, {"client_id": CLIENT_ID}, "client_credentials")
    with pytest.raises(Unproven):
        create_connection(connector="acme", credentials=wrong, base_url=partner.url, acting_user=acting_user)


def test_user_and_password(app: None, acting: Account, partner: Partner, acting_user: Actor) -> None:
    given = Credentials({"password": Secret(PASSWORD)}, {"username": USER}, "user_password")
    made = create_connection(connector="acme", credentials=given, base_url=partner.url, acting_user=acting_user)
    assert who(made) == "r-1"
    assert prove_again(made, acting_user=acting_user).key == "r-1"


# --- with real commits ---------------------------------------------------------------------------------------------


@pytest.fixture
def real(committed: None, acme: None, partner: Partner) -> tuple[Account, Connection, Actor]:
    account = Account.objects.create(subdomain="demo", name="Skyline")
    member = make_member(account, *PERMISSIONS, email="admin@example.com", role="All")
    with acting_in(account):
        actor = member.actor()
        set_partner_app(connector="acme", client_id=CLIENT_ID, client_secret=Secret(CLIENT_SECRET), acting_user=actor)
        made = authorise(account, partner, actor)
    return account, made, actor


@pytest.mark.parametrize("how", ["ended", "refused"])
def test_any_number_of_workers_renew_once(real: tuple[Account, Connection, Actor], partner: Partner, how: str) -> None:
    account, made, _ = real
    partner.pause = 0.2
    with acting_in(account):
        lines = [open_line(made, pace=Waits()) for _ in range(4)]
        age(made) if how == "ended" else partner.expire()
    found: list[Any] = []
    together = threading.Barrier(len(lines))

    def work(line: Any) -> None:
        together.wait()
        try:
            found.append(line.call("GET", "/me", read=lambda answer: answer.json())["realm"])
        except BaseException as error:  # noqa: BLE001
            found.append(error)
        finally:
            database.close()

    threads = [threading.Thread(target=work, args=(line,)) for line in lines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert found == ["r-1"] * 4
    assert refreshes(partner) == 1
    with acting_in(account):
        assert grant(made).broken_at is None
        assert grant(made).serial == 2


def test_a_new_pair_survives_the_rollback_of_whoever_needed_it(
    real: tuple[Account, Connection, Actor], partner: Partner
) -> None:
    account, made, _ = real
    partner.expire()
    with pytest.raises(ZeroDivisionError), acting_in(account):
        assert who(made) == "r-1"
        raise ZeroDivisionError
    with acting_in(account):
        assert grant(made).serial == 2
        assert vault.reveal(made, "refresh_token").reveal() in partner.refresh
        assert who(made) == "r-1"
    assert refreshes(partner) == 1


def test_that_a_grant_is_gone_is_remembered_through_a_rollback(
    real: tuple[Account, Connection, Actor], partner: Partner
) -> None:
    account, made, _ = real
    partner.take_back()
    with pytest.raises(AuthFailed), acting_in(account):
        who(made)
    with acting_in(account):
        assert grant(made).broken_code == "invalid_grant"


def test_who_waits_too_long_for_the_other_gives_up(
    real: tuple[Account, Connection, Actor], partner: Partner, monkeypatch: pytest.MonkeyPatch
) -> None:
    account, made, _ = real
    monkeypatch.setattr(keeping, "LOCK_SECONDS", 1)
    partner.expire()
    with acting_in(account):
        line = open_line(made, pace=Waits())
    failed: list[BaseException] = []

    def work() -> None:
        try:
            line.call("GET", "/me", read=lambda answer: answer.json())
        except BaseException as error:  # noqa: BLE001
            failed.append(error)
        finally:
            database.close()

    with acting_in(account), transaction.atomic():
        Grant.objects.select_for_update().get(connection=made)
        thread = threading.Thread(target=work)
        thread.start()
        thread.join(30)
    assert isinstance(failed[0], ServerTrouble)
    assert refreshes(partner) == 0
