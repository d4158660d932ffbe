"""A mail server and two rules for the demo: what is told can be read on the sandbox's page of received mail."""

from hangarlink.cli.seeding.school import SUBDOMAIN
from hangarlink.integration.connections.actions import create_connection
from hangarlink.integration.connections.proving import Credentials, Unproven
from hangarlink.integration.notifications.actions import add_rule
from hangarlink.integration.notifications.rules import Cadence
from hangarlink.platform.people.models import Membership
from hangarlink.platform.tenancy.context import acting_in
from hangarlink.platform.tenancy.models import Account

HANGAR, PLANNER = "hangar@skyline.example", "planner@skyline.example"


def seed_notices(host: str, port: int) -> bool:
    """Connect the sandbox's mail server and make the rules; False where none listens there."""
    access = {
        "host": host,
        "port": str(port),
        "security": "none",
        "username": "",
        "sender": "Skyline Maintenance <mx@skyline.example>",
    }
    with acting_in(Account.objects.get(subdomain=SUBDOMAIN)):
        acting_user = Membership.objects.order_by("joined_at")[0].actor()
        try:
            mail = create_connection(
                connector="email", name="Mail", credentials=Credentials({}, access), acting_user=acting_user
            )
        except Unproven:
            return False
        add_rule(
            name="Defects to the hangar",
            connection=mail,
            channel=HANGAR,
            event_types=["defect.reported", "defect.reopened"],
            acting_user=acting_user,
        )
        add_rule(
            name="What became due, every morning",
            connection=mail,
            channel=PLANNER,
            event_types=["due.state_changed", "usage.corrected", "connection.alerted", "connection.recovered"],
            cadence=Cadence.DAILY,
            acting_user=acting_user,
        )
    return True
