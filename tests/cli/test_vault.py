"""`hangarlink vault rotate`, as an operator runs it."""

import json

import pytest
from click.testing import CliRunner

from hangarlink.cli.vault import command
from hangarlink.fleet.models import AircraftModel
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.platform.vault import Secret
from hangarlink.platform.vault.actions import put, reveal
from hangarlink.platform.vault.installation import installed_keys
from hangarlink.platform.vault.models import VaultEntry

CANARY = "cAnary5f1c9eX7q2"


@pytest.fixture
def owner(account: Account, settings, tmp_path) -> AircraftModel:
    settings.HANGARLINK_DATA_DIR = tmp_path
    with acting_in(account):
        model = AircraftModel.objects.create(account=account, name="C172S")
        put(model, "api_key", Secret(CANARY), acting_user=SYSTEM)
        return model


def run(*arguments: str, status: int = 0) -> str:
    done = CliRunner().invoke(command, list(arguments))
    assert done.exit_code == status, done.output
    assert CANARY not in done.output
    return done.stdout


def test_rotate_makes_a_key_and_keeps_the_old_one(owner: AircraftModel, account: Account) -> None:
    old = installed_keys().ring().active.id
    printed = json.loads(run("rotate", "--json"))
    new, kept = installed_keys().ring().keys
    assert printed == {"active_key": new.id, "rewritten": 1, "unreadable": [], "retired_keys": []}
    assert kept.id == old
    with acting_in(account):
        assert reveal(owner, "api_key") == Secret(CANARY)


def test_retire_drops_what_nothing_needs(owner: AircraftModel, account: Account) -> None:
    old = installed_keys().ring().active.id
    text = run("rotate", "--retire")
    assert "1 secrets are encrypted" in text
    assert f"Retired: {old}." in text
    assert len(installed_keys().ring().keys) == 1
    with acting_in(account):
        assert reveal(owner, "api_key") == Secret(CANARY)


def test_resume_makes_no_key(owner: AircraftModel) -> None:
    installed_keys().add()
    assert json.loads(run("rotate", "--resume", "--json"))["rewritten"] == 1
    assert len(installed_keys().ring().keys) == 2


def test_a_secret_that_cannot_be_opened_is_named_and_its_key_kept(owner: AircraftModel, account: Account) -> None:
    with acting_in(account):
        entry = VaultEntry.objects.get()
        VaultEntry.objects.update(token=entry.token[:-6] + "AAAAAA")
    done = CliRunner().invoke(command, ["rotate", "--retire"])
    assert done.exit_code == 1
    assert f"enter it again: demo: api_key of aircraft_model {owner.pk}" in done.stderr
    assert len(installed_keys().ring().keys) == 2


def test_keys_of_the_environment(owner: AircraftModel, account: Account, monkeypatch: pytest.MonkeyPatch) -> None:
    old = installed_keys().ring().active.line()
    new = run("new-key").strip()
    monkeypatch.setenv("HANGARLINK_VAULT_KEYS", f"{new},{old}")
    assert json.loads(run("rotate", "--json"))["rewritten"] == 1
    monkeypatch.setenv("HANGARLINK_VAULT_KEYS", new)
    with acting_in(account):
        assert reveal(owner, "api_key") == Secret(CANARY)


def test_a_damaged_key_file_is_explained(owner: AircraftModel, tmp_path) -> None:
    (tmp_path / "vault.keys").write_text("nonsense\n")
    done = CliRunner().invoke(command, ["rotate"])
    assert done.exit_code == 1
    assert "not a vault key" in done.stderr
