"""Jens, who reported, recorded, uploaded, was invited, is a customer and gets mail; and what is not his."""

from dataclasses import dataclass
from datetime import timedelta

import pytest
from django.utils import timezone

from hangarlink.connectors.email import Email
from hangarlink.fleet.models import Aircraft
from hangarlink.integration.connections.models import Connection, Link
from hangarlink.integration.connections.streams import make_streams
from hangarlink.integration.notifications.actions import add_rule
from hangarlink.maintenance.defects.actions import report_defect
from hangarlink.maintenance.defects.models import Defect
from hangarlink.operations.customers.actions import add_customer
from hangarlink.platform.documents.actions import store_document
from hangarlink.platform.documents.rules import PAPER
from hangarlink.platform.people.models import Membership, User
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.models import Account
from tests.conftest import make_member
from tests.integration.conftest import add_ours

EMAIL, NAME = "jens.canary@example.com", "Jens Canary Holm"
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj 2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF"


@dataclass
class Life:
    """What Jens left behind."""

    account: Account
    admin: Actor
    member: Membership
    aircraft: Aircraft
    mail: Connection


@pytest.fixture
def life(acting: Account, acting_user: Actor) -> Life:
    member = make_member(acting, "fleet.view", "defects.report", email=EMAIL, role="Technician of old")
    User.objects.filter(pk=member.user_id).update(name=NAME)
    member.user.refresh_from_db()
    aircraft = add_ours(acting_user, "OY-SKA")
    now = timezone.now()
    for days, reporter in ((3, NAME), (5, EMAIL.upper()), (2000, NAME), (4, "Somebody Else")):
        report_defect(
            aircraft,
            description=f"Found {days} days ago",
            reported_at=now - timedelta(days=days),
            reported_by=reporter,
            acting_user=acting_user,
        )
    actor = Actor(member.actor().kind, member.user_id, NAME, acting_user.permissions)
    store_document(PDF, name="release.pdf", policy=PAPER, acting_user=actor)
    customer = add_customer(name=NAME, email=EMAIL, phone="+45 1234", city="Roskilde", acting_user=acting_user)
    connection = Connection.objects.create(
        account=acting, connector="email", name="Mail", identity_key="m", identity_name="ops@example.com"
    )
    make_streams(connection, Email.manifest)
    Link.objects.create(
        account=acting,
        connection=connection,
        dataset="customers",
        external_id="77",
        internal_id=customer.pk,
        label=NAME,
        state="linked",
        facts={"name": NAME, "email": EMAIL},
    )
    for name, channel in (("Alone", EMAIL), ("Together", f"ops@example.com, {EMAIL}")):
        add_rule(
            name=name,
            connection=connection,
            channel=channel,
            event_types=["defect.reported"],
            acting_user=acting_user,
        )
    return Life(acting, acting_user, member, aircraft, connection)


def reporters() -> list[str]:
    return list(Defect.objects.order_by("reported_at").values_list("reported_by", flat=True))
