"""Two roles: the owner migrates, the application role serves and cannot bypass row-level security.

Row-level security does not bind a superuser or the owner of a table, so the application must be neither.
"""

import hashlib
import hmac

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo


def application_url(owner_url: str, secret_key: str) -> str:
    """The connection string of the application role that belongs to this database.

    The password is derived from the secret key, so every machine of an installation finds the same one without
    a further file to share.
    """
    database = str(conninfo_to_dict(owner_url)["dbname"])
    password = hmac.new(secret_key.encode(), f"database-role:{database}".encode(), hashlib.sha256).hexdigest()
    return make_conninfo(owner_url, user=role_name(database), password=password)


def role_name(database: str) -> str:
    return f"{database}_app"


def ensure_application_role(owner_url: str, app_url: str) -> None:
    """Create the application role, or set its password anew. Harmless to repeat and to race."""
    parameters = conninfo_to_dict(app_url)
    role = sql.Identifier(str(parameters["user"]))
    password = sql.Literal(str(parameters["password"]))
    with psycopg.connect(owner_url) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(hashtext('hangarlink-application-role'))")
        exists = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [parameters["user"]]).fetchone()
        verb = "ALTER" if exists else "CREATE"
        connection.execute(
            sql.SQL("{} ROLE {} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE PASSWORD {}").format(
                sql.SQL(verb), role, password
            )
        )


def grant(owner_url: str, app_url: str) -> None:
    """Let the application role read and write rows, nothing else: no DDL, no TRUNCATE, no rewriting of audit rows."""
    role = sql.Identifier(str(conninfo_to_dict(app_url)["user"]))
    statements = [
        "GRANT USAGE ON SCHEMA public TO {}",
        "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
        "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
        "REVOKE UPDATE, DELETE ON audit_entry FROM {}",
        "REVOKE INSERT, UPDATE, DELETE ON django_migrations FROM {}",
    ]
    with psycopg.connect(owner_url) as connection:
        for statement in statements:
            connection.execute(sql.SQL(statement).format(role))
