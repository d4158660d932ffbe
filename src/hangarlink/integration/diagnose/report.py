"""What a diagnosis is. Pure: no database, no Django."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What is asked about."""

    CONNECTION = "connection"
    AIRCRAFT = "aircraft"
    STATUS = "status"
    DEFECT = "defect"
    APPLICATION = "application"
    MEMBER = "member"
    WEBHOOK = "webhook"


class Step(StrEnum):
    """Where to look, in the order that requirements/2 recommends."""

    FLOW = "flow"
    ACCOUNT = "account"
    RIGHTS = "rights"
    ENDPOINT = "endpoint"
    MATCHING = "matching"
    PAYLOAD = "payload"
    LOG = "log"
    OUTCOME = "outcome"
    STATE = "state"
    SETUP = "setup"

    @property
    def label(self) -> str:
        return _LABELS[self]


_LABELS = {
    Step.FLOW: "Which data",
    Step.ACCOUNT: "Account",
    Step.RIGHTS: "Permissions and scopes",
    Step.ENDPOINT: "Endpoint and key",
    Step.MATCHING: "Matching",
    Step.PAYLOAD: "What was sent",
    Step.LOG: "Sync log",
    Step.OUTCOME: "Created, skipped or rejected",
    Step.STATE: "What decides the status",
    Step.SETUP: "Related set-up",
}
_ORDER = list(Step)


class Result(StrEnum):
    PASSED = "passed"
    FAILED = "failed"
    NOT_APPLICABLE = "not_applicable"

    @property
    def label(self) -> str:
        return self.value.replace("_", " ").capitalize()


class Page(StrEnum):
    """Where something can be mended; `web.diagnose.places` knows the address."""

    ACCOUNT = "account"
    AIRCRAFT = "aircraft"
    AIRCRAFT_EDIT = "aircraft_edit"
    APPLICATION = "application"
    CONNECTION = "connection"
    CONNECTIONS = "connections"
    CONNECTION_SETTINGS = "connection_settings"
    DEFECT = "defect"
    DEFECTS = "defects"
    DELIVERY = "delivery"
    DRY_RUN = "dry_run"
    DUE_ITEM = "due_item"
    DUE_LIST = "due_list"
    EVENTS = "events"
    GROUND = "ground"
    MATCHING = "matching"
    REFUSED = "refused"
    REQUIREMENTS = "requirements"
    ROLES = "roles"
    SYNC_LOG = "sync_log"
    SYNC_RUN = "sync_run"
    WEBHOOK = "webhook"


@dataclass(frozen=True)
class Place:
    """A page, what its link says, and what its address takes: an id; of a connection also its connector's key."""

    page: Page
    words: str
    ids: tuple[str, ...] = ()


@dataclass(frozen=True)
class Check:
    """One question with its answer.

    evidence   what was found, in words that a customer may read: no technical detail, no secret
    mend       what to do; "" unless it failed
    technical  for holders of integrations.view_technical only; redacted before it was stored
    """

    step: Step
    question: str
    result: Result
    evidence: str
    mend: str = ""
    place: Place | None = None
    technical: str = ""


def passed(step: Step, question: str, evidence: str, place: Place | None = None) -> Check:
    return Check(step, question, Result.PASSED, evidence, place=place)


def failed(
    step: Step, question: str, evidence: str, mend: str, place: Place | None = None, technical: str = ""
) -> Check:
    return Check(step, question, Result.FAILED, evidence, mend, place, technical)


def not_applicable(step: Step, question: str, why: str) -> Check:
    return Check(step, question, Result.NOT_APPLICABLE, why)


@dataclass(frozen=True)
class Report:
    """Checks in the recommended order.

    subject   what it is about, as people call it
    question  what was asked
    account   name and subdomain: the first thing to get wrong
    """

    kind: Kind
    subject_id: str
    subject: str
    question: str
    account: str
    asked_at: datetime
    checks: tuple[Check, ...]

    @property
    def failed(self) -> tuple[Check, ...]:
        return tuple(check for check in self.checks if check.result is Result.FAILED)

    @property
    def answer(self) -> str:
        """One sentence: the first thing that is wrong, because what follows may only be its consequence."""
        if not self.failed:
            applied = [check for check in self.checks if check.result is Result.PASSED]
            return f"All {len(applied)} checks passed. If it is still wrong, hand on this report with the sync log."
        first = self.failed[0]
        return f"{first.evidence} {first.mend}".strip()

    def as_dict(self, *, technical: bool = False) -> dict[str, Any]:
        """For JSON. Without `technical` it is safe to hand to a customer."""
        return {
            "kind": self.kind.value,
            "id": self.subject_id,
            "subject": self.subject,
            "question": self.question,
            "account": self.account,
            "asked_at": self.asked_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "answer": self.answer,
            "checks": [_as_dict(check, technical=technical) for check in self.checks],
        }


def in_order(checks: Iterable[Check]) -> tuple[Check, ...]:
    """By step; within one as they were made."""
    return tuple(sorted(checks, key=lambda check: _ORDER.index(check.step)))


def _as_dict(check: Check, *, technical: bool) -> dict[str, Any]:
    told = {
        "step": check.step.value,
        "question": check.question,
        "result": check.result.value,
        "evidence": check.evidence,
        "mend": check.mend,
    }
    return {**told, "technical": check.technical} if technical else told
