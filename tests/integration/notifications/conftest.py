"""A connected sandbox Slack, a fleet of one, and short words for what tests do with them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.utils import timezone

from hangarlink.fleet.models import Aircraft
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.notifications.actions import add_rule
from hangarlink.integration.notifications.matching import take_news
from hangarlink.integration.notifications.models import Message, Rule
from hangarlink.integration.notifications.sending import send_due
from hangarlink.maintenance.defects.actions import report_defect
from hangarlink.maintenance.defects.models import Defect
from hangarlink.platform.people.permissions import Actor
from hangarlink.platform.tenancy.models import Account
from hangarlink.sandbox.server import Served
from hangarlink.sandbox.slack import SlackApp, Workspace
from tests.integration.conftest import Waits, add_ours
from tests.integration.notifications.connecting import connect_slack

DEFECTS = ("defect.reported", "defect.rectified")


@dataclass
class Post:
    """A connected account that can tell things."""

    account: Account
    connection: Connection
    slack: Served[SlackApp]
    acting_user: Actor
    aircraft: Aircraft
    waits: Waits

    @property
    def workspace(self) -> Workspace:
        return self.slack.app.workspace

    @property
    def texts(self) -> list[str]:
        """What stands in Slack, oldest first."""
        return [message.text for message in self.workspace.messages]

    def rule(self, name: str = "Defects", **given: Any) -> Rule:
        given = {
            "connection": self.connection,
            "channel": "C0DEFEC03",
            "channel_name": "#defects",
            "event_types": DEFECTS,
            "acting_user": self.acting_user,
            **given,
        }
        return add_rule(name=name, **given)

    def report(self, description: str = "Left brake soft", aircraft: Aircraft | None = None) -> Defect:
        return report_defect(
            aircraft or self.aircraft,
            description=description,
            reported_at=timezone.now(),
            reported_by="Jens Holm",
            acting_user=self.acting_user,
        ).defect

    def tell(self) -> int:
        """What the two jobs do: take the news, send what is due. How many messages were handed over."""
        take_news(self.account)
        return self.send()

    def send(self, connection_id: UUID | None = None) -> int:
        return send_due(self.account, connection_id or self.connection.id, pace=self.waits)

    def messages(self) -> list[Message]:
        return list(Message.objects.order_by("created_at", "id"))

    def only_message(self) -> Message:
        (message,) = self.messages()
        return message


@pytest.fixture
def slack() -> Iterator[Served[SlackApp]]:
    # Quotas are counted outside of transactions, so each test has a workspace of its own.
    with Served(SlackApp(Workspace(team_id=f"T{uuid4().hex[:10].upper()}"))) as served:
        yield served


@pytest.fixture
def post(acting: Account, acting_user: Actor, slack: Served[SlackApp]) -> Post:
    aircraft = add_ours(acting_user, "OY-SKA")
    return Post(acting, connect_slack(acting, slack, acting_user), slack, acting_user, aircraft, Waits())
