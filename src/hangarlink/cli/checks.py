"""What `hangarlink doctor` looks at. Each check answers for itself and says what to do."""

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import timedelta
from enum import StrEnum

from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from hangarlink.integration.connections.catalogue import connectors, unusable
from hangarlink.platform.jobs.models import Schedule
from hangarlink.platform.outbound import parse_allow
from hangarlink.platform.tenancy.models import Account, TenantModel

GIGABYTE = 1_000_000_000


class Verdict(StrEnum):
    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"


@dataclass(frozen=True)
class Finding:
    """One line of the report. `mend` says what to do; empty when there is nothing to do."""

    check: str
    verdict: Verdict
    evidence: str
    mend: str = ""

    def as_dict(self) -> dict[str, str]:
        return {key: str(value) for key, value in asdict(self).items()}


def _ok(check: str, evidence: str) -> Finding:
    return Finding(check, Verdict.OK, evidence)


def examine() -> Iterator[Finding]:
    """Every finding, in the order in which to mend them. A check that cannot run is a failed check, not a crash."""
    for check in CHECKS:
        try:
            yield check()
        except (DatabaseError, OSError, LookupError, ValueError) as error:
            name = check.__name__.replace("_", " ")
            yield Finding(
                name, Verdict.FAILED, f"{type(error).__name__}: {error}".splitlines()[0], "Mend what is above first."
            )


def database_server() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('server_version'), current_setting('server_version_num')::int")
        version, number = cursor.fetchone()
    if number < 150_000:
        return Finding(
            "database server", Verdict.FAILED, f"PostgreSQL {version}", "Hangarlink needs PostgreSQL 15 or later."
        )
    return _ok("database server", f"PostgreSQL {version}")


def application_role() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        name, bypasses = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public' AND tableowner = current_user")
        (owned,) = cursor.fetchone()
    if bypasses or owned:
        return Finding(
            "application role", Verdict.FAILED, f"{name} bypasses row-level security",
            "Unset HANGARLINK_APP_DATABASE_URL, or let it name a role that is neither superuser nor owner.",
        )  # fmt: skip
    return _ok("application role", f"{name}: plain role, row-level security binds it")


def migrations() -> Finding:
    executor = MigrationExecutor(connections["owner"])
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        return Finding(
            "migrations", Verdict.FAILED, f"{len(plan)} not applied, first {plan[0][0]}", "Run: hangarlink migrate"
        )
    return _ok("migrations", "all applied")


def tenant_wall() -> Finding:
    tables = {model._meta.db_table for model in apps.get_models() if issubclass(model, TenantModel)}
    with connection.cursor() as cursor:
        cursor.execute("SELECT c.relname FROM pg_class c JOIN pg_policy p ON p.polrelid = c.oid WHERE c.relrowsecurity")
        walled = {name for (name,) in cursor.fetchall()}
    if missing := sorted(tables - walled):
        return Finding("tenant wall", Verdict.FAILED, f"no policy on {', '.join(missing)}", "Run: hangarlink migrate")
    return _ok("tenant wall", f"{len(tables)} tables, each with its policy")


def key_files() -> Finding:
    loose = []
    for name in ("secret.key", "vault.keys", "postgres.password"):
        path = settings.HANGARLINK_DATA_DIR / name
        if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077:
            loose.append(name)
    if loose:
        files = " ".join(str(settings.HANGARLINK_DATA_DIR / name) for name in loose)
        return Finding("key files", Verdict.FAILED, f"{', '.join(loose)} readable by others", f"Run: chmod 600 {files}")
    return _ok("key files", "readable by the owner only")


def clocks() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        drift = abs((cursor.fetchone()[0] - timezone.now()).total_seconds())
    if drift > 5:
        return Finding(
            "clocks",
            Verdict.FAILED,
            f"server and database differ by {drift:.0f} s",
            "Let both follow NTP: due dates depend on it.",
        )
    return _ok("clocks", "server and database agree")


def disk() -> Finding:
    free = shutil.disk_usage(settings.HANGARLINK_DATA_DIR).free
    evidence = f"{free / GIGABYTE:.1f} GB free in the data directory"
    if free < GIGABYTE:
        return Finding(
            "disk", Verdict.WARNING, evidence, "Free some space; PostgreSQL stops writing when the disk is full."
        )
    return _ok("disk", evidence)


def workers() -> Finding:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - make_interval(secs => %s)",
            [settings.HANGARLINK_STALLED_SECONDS],
        )
        (alive,) = cursor.fetchone()
    if not alive:
        return Finding(
            "workers",
            Verdict.WARNING,
            "none alive",
            "Nothing syncs without one. Run: hangarlink worker",
        )
    return _ok("workers", f"{alive} alive")


def schedules() -> Finding:
    late = Schedule.objects.filter(is_active=True, next_run_at__lt=timezone.now() - timedelta(minutes=5)).count()
    if late:
        return Finding(
            "schedules", Verdict.WARNING, f"{late} overdue by more than 5 minutes", "Start a worker: hangarlink worker"
        )
    return _ok("schedules", "none late")


def outbound_allow_list() -> Finding:
    private = [str(entry) for entry in parse_allow(settings.HANGARLINK_OUTBOUND_ALLOW) if not entry.is_global]
    if private:
        return Finding(
            "outbound allow-list", Verdict.WARNING, f"private addresses reachable: {', '.join(private)}",
            "Right for a demo or an on-site receiver. Otherwise unset HANGARLINK_OUTBOUND_ALLOW.",
        )  # fmt: skip
    return _ok("outbound allow-list", "only public addresses")


def installed_connectors() -> Finding:
    """Connectors of other packages that were left out."""
    found, left_out = connectors(), unusable()
    if left_out:
        told = "; ".join(f"{one.name}: {one.reason}" for one in left_out)
        return Finding("connectors", Verdict.WARNING, told, "Install a version that fits, or uninstall the package.")
    return _ok("connectors", f"{len(found)} installed")


def transport() -> Finding:
    if settings.HANGARLINK_HTTPS or settings.HANGARLINK_DOMAIN == "localhost":
        return _ok("transport", "HTTPS" if settings.HANGARLINK_HTTPS else "plain HTTP on localhost")
    return Finding(
        "transport", Verdict.FAILED, f"{settings.HANGARLINK_DOMAIN} without HTTPS",
        "Put a TLS proxy in front and set HANGARLINK_HTTPS=1 and HANGARLINK_BEHIND_PROXY=1.",
    )  # fmt: skip


def accounts() -> Finding:
    count = Account.objects.count()
    if not count:
        return Finding("accounts", Verdict.WARNING, "none yet", "Run: hangarlink account create --help")
    return _ok("accounts", f"{count}")


def static_files() -> Finding:
    if not (settings.STATIC_ROOT / "staticfiles.json").exists() and "DATABASE_URL" in os.environ:
        return Finding("static files", Verdict.FAILED, "not collected", "Run: hangarlink migrate")
    return _ok("static files", "collected")


CHECKS: tuple[Callable[[], Finding], ...] = (
    database_server,
    application_role,
    migrations,
    tenant_wall,
    key_files,
    clocks,
    disk,
    static_files,
    accounts,
    workers,
    schedules,
    outbound_allow_list,
    installed_connectors,
    transport,
)
