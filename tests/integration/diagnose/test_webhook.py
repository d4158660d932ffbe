"""Why does this webhook not arrive?"""

from hangarlink.integration.diagnose import Result, diagnose_webhook
from hangarlink.integration.webhooks.actions import pause_endpoint
from hangarlink.platform.people.permissions import SYSTEM
from hangarlink.platform.tenancy.models import Account
from tests.integration.webhooks.conftest import add_hook, receiver, report_defects
from tests.integration.webhooks.receiver import Receiver

__all__ = ["receiver"]


def test_an_endpoint_that_waits_for_its_first_event(acting: Account, receiver: Receiver) -> None:
    hook = add_hook(receiver)
    report_defects()
    report = diagnose_webhook(hook.endpoint.pk, acting_user=SYSTEM)
    assert [check.question for check in report.failed] == []


def test_a_paused_endpoint_says_what_it_misses(acting: Account, receiver: Receiver) -> None:
    hook = add_hook(receiver, "/hook?key=s3cret-part")
    pause_endpoint(hook.endpoint, acting_user=SYSTEM)
    report_defects(2)
    report = diagnose_webhook(hook.endpoint.pk, acting_user=SYSTEM)
    found = next(check for check in report.checks if check.question == "Is it active?")
    assert found.result is Result.FAILED
    assert "2 events" in found.evidence
    assert "s3cret-part" not in str(report.as_dict(technical=True))
