"""The scopes, and what each lets an application do. The first eight are published (contracts/flightlogger.md 1.1).

No Django.
"""

from collections.abc import Iterable
from enum import StrEnum


class Scope(StrEnum):
    """One right of a token. Counter configuration ("flight logs") rides on the aircraft scopes."""

    AIRCRAFT_READ = "aircraft_read"
    AIRCRAFT_WRITE = "aircraft_write"
    DEFECTS_READ = "defects_read"
    DEFECTS_WRITE = "defects_write"
    HOURS_CYCLES_READ = "hours_cycles_read"
    HOURS_CYCLES_WRITE = "hours_cycles_write"
    AIRCRAFT_MODELS_READ = "aircraft_models_read"
    AIRCRAFT_MODELS_WRITE = "aircraft_models_write"
    USAGE_CORRECT = "usage_correct"
    CUSTOMERS_READ = "customers_read"
    CUSTOMERS_WRITE = "customers_write"
    TRIPS_READ = "trips_read"
    TRIPS_WRITE = "trips_write"
    BILLING_READ = "billing_read"
    BILLING_WRITE = "billing_write"
    BILLING_ISSUE = "billing_issue"
    COMPLIANCE_READ = "compliance_read"
    COMPLIANCE_WRITE = "compliance_write"
    COMPLIANCE_ASSESS = "compliance_assess"
    PROGRAMME_READ = "programme_read"
    PROGRAMME_WRITE = "programme_write"
    PROGRAMME_RECORD = "programme_record"
    PROGRAMME_APPROVE = "programme_approve"
    AMP_WRITE = "amp_write"
    PLANNING_WRITE = "planning_write"
    COMPONENTS_READ = "components_read"
    COMPONENTS_WRITE = "components_write"
    COMPONENTS_INSTALL = "components_install"
    COMPONENTS_RECORD = "components_record"
    WEBHOOKS_READ = "webhooks_read"
    WEBHOOKS_WRITE = "webhooks_write"

    @property
    def label(self) -> str:
        return LABELS[self]

    @property
    def permission(self) -> str:
        """The permission behind the scope: actions check it, and only who holds it may grant the scope."""
        return PERMISSIONS[self]


LABELS = {
    Scope.AIRCRAFT_READ: "Read aircraft and their flight logs (counters)",
    Scope.AIRCRAFT_WRITE: "Create and change aircraft and their flight logs",
    Scope.DEFECTS_READ: "Read defects",
    Scope.DEFECTS_WRITE: "Report defects",
    Scope.HOURS_CYCLES_READ: "Read hours, cycles and flights",
    Scope.HOURS_CYCLES_WRITE: "Add flights (create-only)",
    Scope.USAGE_CORRECT: "Correct, cancel and reinstate flights",
    Scope.AIRCRAFT_MODELS_READ: "Read aircraft models",
    Scope.AIRCRAFT_MODELS_WRITE: "Create and change aircraft models",
    Scope.CUSTOMERS_READ: "Read customers",
    Scope.CUSTOMERS_WRITE: "Create and change customers",
    Scope.TRIPS_READ: "Read trips",
    Scope.TRIPS_WRITE: "Create and change trips",
    Scope.BILLING_READ: "Read invoices, payments and expenses",
    Scope.BILLING_WRITE: "Draft invoices, record payments and expenses",
    Scope.BILLING_ISSUE: "Issue invoices and void issued ones",
    Scope.COMPLIANCE_READ: "Read directives and the AD/SB status of aircraft",
    Scope.COMPLIANCE_WRITE: "Enter directives",
    Scope.COMPLIANCE_ASSESS: "Assess directives on aircraft",
    Scope.PROGRAMME_READ: "Read requirements, directives, what is due and whether an aircraft may fly",
    Scope.PROGRAMME_WRITE: "Create and change requirements",
    Scope.PROGRAMME_RECORD: "Record maintenance that was done",
    Scope.PROGRAMME_APPROVE: "Record approved variations",
    Scope.AMP_WRITE: "Put tasks into drafts of maintenance programmes",
    Scope.PLANNING_WRITE: "Send the flight schedule of aircraft",
    Scope.COMPONENTS_READ: "Read components, where they are and how long they ran",
    Scope.COMPONENTS_WRITE: "Create components",
    Scope.COMPONENTS_INSTALL: "Install, remove, move and exchange components",
    Scope.COMPONENTS_RECORD: "Record work, totals, bench time and meter readings of components",
    Scope.WEBHOOKS_READ: "Read its own webhook endpoints and their deliveries",
    Scope.WEBHOOKS_WRITE: "Create, change, test and delete its own webhook endpoints",
}

PERMISSIONS = {
    Scope.AIRCRAFT_READ: "fleet.view",
    Scope.AIRCRAFT_WRITE: "fleet.edit",
    Scope.DEFECTS_READ: "defects.view",
    Scope.DEFECTS_WRITE: "defects.report",
    Scope.HOURS_CYCLES_READ: "fleet.view",
    Scope.HOURS_CYCLES_WRITE: "fleet.record_usage",
    Scope.USAGE_CORRECT: "fleet.correct_usage",
    Scope.AIRCRAFT_MODELS_READ: "fleet.view",
    Scope.AIRCRAFT_MODELS_WRITE: "fleet.edit",
    Scope.CUSTOMERS_READ: "customers.view",
    Scope.CUSTOMERS_WRITE: "customers.manage",
    Scope.TRIPS_READ: "trips.view",
    Scope.TRIPS_WRITE: "trips.manage",
    Scope.BILLING_READ: "billing.view",
    Scope.BILLING_WRITE: "billing.manage",
    Scope.BILLING_ISSUE: "billing.issue",
    Scope.COMPLIANCE_READ: "compliance.view",
    Scope.COMPLIANCE_WRITE: "compliance.edit",
    Scope.COMPLIANCE_ASSESS: "compliance.assess",
    Scope.PROGRAMME_READ: "programme.view",
    Scope.PROGRAMME_WRITE: "programme.edit",
    Scope.PROGRAMME_RECORD: "programme.record",
    Scope.PROGRAMME_APPROVE: "programme.approve",
    Scope.AMP_WRITE: "amp.edit",
    Scope.PLANNING_WRITE: "fleet.plan",
    Scope.COMPONENTS_READ: "components.view",
    Scope.COMPONENTS_WRITE: "components.edit",
    Scope.COMPONENTS_INSTALL: "components.install",
    Scope.COMPONENTS_RECORD: "components.record",
    Scope.WEBHOOKS_READ: "webhooks.view",
    Scope.WEBHOOKS_WRITE: "webhooks.manage",
}


def known(words: Iterable[str]) -> list[Scope]:
    """The scopes among these words, each once, in the order of the published list."""
    given = set(words)
    return [scope for scope in Scope if scope.value in given]


def unknown(words: Iterable[str]) -> list[str]:
    """The words that are no scope, sorted."""
    return sorted(set(words) - {scope.value for scope in Scope})


def permissions_of(scopes: Iterable[Scope]) -> frozenset[str]:
    return frozenset(scope.permission for scope in scopes)
