"""Loaded before Django's settings: gives this test process a database of its own.

A template database is migrated once per state of the migrations; each process copies it, which takes a fraction of a
second. TEST_DATABASE_URL names another server, such as the distribution's PostgreSQL; unset, the embedded one runs.
"""

import atexit
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

ROOT = Path(__file__).resolve().parent.parent
SECRET = "only-for-tests"
LOCK = 727_001


def prepare() -> None:
    """Create the database and point the environment at it."""
    os.environ.setdefault("SECRET_KEY", SECRET)
    scratch = Path(tempfile.mkdtemp(prefix="hangarlink-test-"))
    scratch.chmod(0o755)
    os.environ["HANGARLINK_DATA_DIR"] = str(scratch)
    os.environ["DJANGO_SETTINGS_MODULE"] = "hangarlink.config.settings"
    os.environ["HANGARLINK_OUTBOUND_ALLOW"] = "127.0.0.0/8"
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    atexit.register(shutil.rmtree, scratch, ignore_errors=True)
    admin = os.environ.get("TEST_DATABASE_URL") or _embedded()
    name = f"hl_test_{os.getpid()}"
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", [LOCK])
        template = _template(admin, connection)
        _drop_leftovers(connection)
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template))
        )
        connection.execute("SELECT pg_advisory_unlock(%s)", [LOCK])
    atexit.register(_drop, admin, name)
    owner = make_conninfo(admin, dbname=name)
    os.environ["DATABASE_URL"] = owner
    os.environ.pop("HANGARLINK_APP_DATABASE_URL", None)
    from hangarlink.config import environment
    from hangarlink.platform.database import roles

    environment.prepare_database()
    roles.grant(owner, os.environ["HANGARLINK_APP_DATABASE_URL"])


def _embedded() -> str:
    from hangarlink.platform.database import embedded

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        home = ROOT / "var" / "test"
        home.mkdir(parents=True, exist_ok=True)
        url = make_conninfo(embedded.start(home), dbname="postgres")
    with psycopg.connect(url, autocommit=True) as connection:
        # Nobody keeps what a test writes.
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("ALTER SYSTEM SET synchronous_commit = off")
        connection.execute("SELECT pg_reload_conf()")
    return url


def _template(admin: str, connection: "psycopg.Connection[tuple[object, ...]]") -> str:
    digest = hashlib.sha256()
    # The settings say which apps of libraries have tables.
    settings = ROOT / "src" / "hangarlink" / "config" / "settings.py"
    migrations = (ROOT / "src").glob("**/migrations/*.py")
    for file in sorted([settings, *migrations, *(ROOT / "requirements").glob("*.txt")]):
        digest.update(file.read_bytes())
    name = f"hl_template_{digest.hexdigest()[:12]}"
    if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s AND datistemplate", [name]).fetchone():
        return name
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))
    connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    owner = make_conninfo(admin, dbname=name)
    subprocess.run(
        [sys.executable, "-m", "django", "migrate", "--database", "owner", "-v", "0"],
        env={**os.environ, "DATABASE_URL": owner, "HANGARLINK_APP_DATABASE_URL": owner},
        check=True,
    )
    connection.execute(sql.SQL("ALTER DATABASE {} IS_TEMPLATE true").format(sql.Identifier(name)))
    return name


def _drop_leftovers(connection: "psycopg.Connection[tuple[object, ...]]") -> None:
    """Databases of test processes that were killed."""
    for (name,) in connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'hl_test_%'").fetchall():
        if not Path(f"/proc/{str(name).removeprefix('hl_test_')}").exists():
            _drop_in(connection, str(name))


def _drop(admin: str, name: str) -> None:
    with psycopg.connect(admin, autocommit=True) as connection:
        _drop_in(connection, name)


def _drop_in(connection: "psycopg.Connection[tuple[object, ...]]", name: str) -> None:
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))
    connection.execute(sql.SQL("DROP ROLE IF EXISTS {}").format(sql.Identifier(f"{name}_app")))


def server_version(url: str) -> str:
    """For the report header: which PostgreSQL the tests ran on."""
    with psycopg.connect(url) as connection:
        version = connection.info.server_version // 10000
    return f"{version} ({conninfo_to_dict(url).get('host', '')})"


# With xdist the controlling process runs no test, but loads settings too; each worker comes here by itself.
prepare()
