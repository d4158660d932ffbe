"""Parts that several diagnoses share."""

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from hangarlink.integration.diagnose.report import Check, Kind, Report, in_order
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.context import current_account


def report(kind: Kind, subject_id: object, subject: str, question: str, checks: Iterable[Check]) -> Report:
    account = current_account()
    return Report(
        kind,
        str(subject_id),
        subject,
        question,
        f"{account.name} ({account.subdomain})",
        timezone.now(),
        in_order(checks),
    )


def reads_technical(acting_user: Actor) -> bool:
    return acting_user.may("integrations.view_technical")


def when(moment: datetime) -> str:
    return f"{moment:%d %b %Y %H:%M}Z".lstrip("0")


def counted(count: int, thing: str, things: str = "") -> str:
    """ "1 record", "3 records"."""
    return f"{count:,} {thing if count == 1 else things or thing + 's'}"


def listed(words: Iterable[str], most: int = 5) -> str:
    """ "a, b, c and 4 more"."""
    all_words = list(words)
    shown = ", ".join(all_words[:most])
    return shown if len(all_words) <= most else f"{shown} and {len(all_words) - most} more"
