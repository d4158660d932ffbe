"""The jobs of this room. Both are pumps over rows: run again after a crash, they carry on."""

from uuid import UUID

from hangarlink.integration.notifications.matching import take_news
from hangarlink.integration.notifications.sending import send_due
from hangarlink.integration.notifications.waking import NEWS_TASK, SEND_TASK
from hangarlink.platform.jobs.queue import WEBHOOKS, task
from hangarlink.platform.tenancy.models import Account


@task(NEWS_TASK, rung=True)
def run_news(account: Account, subject_id: str = "") -> None:  # noqa: ARG001 - what rings names the account
    """Turn new events into messages."""
    take_news(account)


@task(SEND_TASK, queue=WEBHOOKS)
def run_send(account: Account, subject_id: str) -> None:
    """Send what is due through one connection."""
    send_due(account, UUID(subject_id))
