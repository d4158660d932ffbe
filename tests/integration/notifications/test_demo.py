"""The demo's rules: a defect reported in the browser shows on the sandbox's page of received mail."""

from django.utils import timezone

from hangarlink.cli.seeding.notices import HANGAR, seed_notices
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.notifications.matching import take_news
from hangarlink.integration.notifications.sending import send_due
from hangarlink.maintenance.defects.actions import report_defect
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.models import Account
from hangarlink.sandbox.mail import MailServer
from tests.integration.conftest import Waits, add_ours


def test_a_defect_reaches_the_hangar_by_mail(acting: Account, acting_user: Actor) -> None:
    aircraft = add_ours(acting_user, "OY-SKA")
    with MailServer(user=None) as mail:
        assert seed_notices(mail.host, mail.port)
        report_defect(aircraft, description="Left brake soft", reported_at=timezone.now(), acting_user=acting_user)
        take_news(acting)
        assert send_due(acting, Connection.objects.get().id, pace=Waits()) == 1
        (got,) = mail.messages
    assert got.recipients == (HANGAR,)
    assert got.subject.startswith("OY-SKA: defect ")


def test_without_a_mail_server_there_is_no_connection(acting: Account, acting_user: Actor) -> None:
    with MailServer(user=None) as mail:
        gone = mail.port
    assert not seed_notices("127.0.0.1", gone)
    assert not Connection.objects.exists()
