"""A backup holds a whole installation, and nothing but an empty installation takes it."""

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

SEED = """
import django; django.setup()
from django.conf import settings
from django.db import transaction
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.fleet.models import AircraftModel
account = Account.objects.create(subdomain="demo", name="Skyline")
with acting_in(account):
    AircraftModel.objects.create(account=account, name="C172S")
folder = settings.HANGARLINK_DATA_DIR / "documents" / "ab"
folder.mkdir(parents=True)
(folder / "picture.png").write_bytes(b"not really a picture")
"""
LOOK = """
import django; django.setup()
from django.conf import settings
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account
from hangarlink.fleet.models import AircraftModel
account = Account.objects.get()
with acting_in(account):
    picture = settings.HANGARLINK_DATA_DIR / "documents" / "ab" / "picture.png"
    print(account.name, AircraftModel.objects.get().name, picture.read_text())
"""


def run(home: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    """A command in an installation of its own, with a database of its own."""
    ours = {"DATABASE_URL", "HANGARLINK_APP_DATABASE_URL", "SECRET_KEY", "HANGARLINK_VAULT_KEYS"}
    env = {key: value for key, value in os.environ.items() if key not in ours}
    env["HANGARLINK_DATA_DIR"] = str(home)
    done = subprocess.run([sys.executable, *arguments], env=env, capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, done.stdout + done.stderr
    return done


def hangarlink(home: Path, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
    return run(home, "-m", "hangarlink.cli.main", *arguments, check=check)


@pytest.fixture(scope="module")
def backup(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """An installation with data in it, and its backup."""
    top = tmp_path_factory.mktemp("installations")
    for folder in (top, *top.parents[:2]):
        folder.chmod(0o755)
    home, file = top / "first", top / "backup.tar.gz"
    hangarlink(home, "migrate")
    run(home, "-c", SEED)
    manifest = json.loads(hangarlink(home, "backup", str(file), "--json").stdout)
    assert "database.dump" in manifest["files"]
    return home, file


def test_a_backup_restores_into_an_empty_installation(backup: tuple[Path, Path]) -> None:
    home, file = backup
    second = home.parent / "second"
    hangarlink(second, "restore", str(file))
    assert run(second, "-c", LOOK).stdout.split("\n")[0] == "Skyline C172S not really a picture"
    assert (second / "secret.key").read_text() == (home / "secret.key").read_text()
    assert (second / "secret.key").stat().st_mode & 0o077 == 0
    findings = json.loads(hangarlink(second, "doctor", "--json").stdout)
    assert [finding for finding in findings if finding["verdict"] == "failed"] == []


def test_the_backup_itself_is_for_its_owner_only(backup: tuple[Path, Path]) -> None:
    assert backup[1].stat().st_mode & 0o077 == 0


def test_an_installation_with_data_refuses_a_backup(backup: tuple[Path, Path]) -> None:
    home, file = backup
    done = hangarlink(home, "restore", str(file), check=False)
    assert done.returncode == 1
    assert "has data" in done.stderr


def test_a_damaged_backup_changes_nothing(backup: tuple[Path, Path], tmp_path: Path) -> None:
    home, file = backup
    work = tmp_path / "work"
    with tarfile.open(file) as tar:
        tar.extractall(work, filter="data")
    (work / "database.dump").write_bytes(b"PGDMP but not really")
    damaged = tmp_path / "damaged.tar.gz"
    with tarfile.open(damaged, "w:gz") as tar:
        tar.add(work, ".")
    third = home.parent / "third"
    done = hangarlink(third, "restore", str(damaged), check=False)
    assert done.returncode == 1
    assert "damaged" in done.stderr
    assert not (third / "postgres").exists()
