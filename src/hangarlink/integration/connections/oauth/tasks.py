"""The jobs of this room."""

from uuid import UUID

from hangarlink.integration.connections.oauth.revoking import TASK, revoke
from hangarlink.platform.jobs.queue import task
from hangarlink.platform.tenancy.models import Account


@task(TASK)
def run_revocation(account: Account, revocation_id: str) -> None:
    revoke(account, UUID(revocation_id))
