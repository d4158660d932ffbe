"""What a run's end means for its connection. Called by the engine, in the transaction that ends the run."""

from django.db.models import F
from django.utils import timezone

from hangarlink.integration.alerts.actions import clear_alerts, raise_alert
from hangarlink.integration.alerts.rules import Kind
from hangarlink.integration.connections import events
from hangarlink.integration.connections.models import Connection
from hangarlink.integration.connections.rights import EDIT, area_of, right
from hangarlink.integration.connections.rules import needs_alert
from hangarlink.integration.contract import PartnerError
from hangarlink.platform.audit.actions import record
from hangarlink.platform.events.actions import announce
from hangarlink.platform.people.permissions import SYSTEM


def note_success(connection: Connection) -> None:
    """The partner answered and everything was read. Ends an incident. Events: connection.recovered."""
    Connection.objects.filter(pk=connection.pk).update(last_success_at=timezone.now(), failures=0)
    _clear_alert(connection)


def note_failure(connection: Connection, error: PartnerError) -> None:
    """A run failed. Opens an incident where the table says so, once. Events: connection.alerted."""
    Connection.objects.filter(pk=connection.pk).update(failures=F("failures") + 1)
    held = Connection.objects.select_for_update().get(pk=connection.pk)
    if not needs_alert(error, failed_runs=held.failures):
        return
    is_news = held.alert_code != error.code
    held.alert_code, held.alert_message = error.code, str(error)[:300]
    held.alert_since = held.alert_since or timezone.now()
    held.save(update_fields=["alert_code", "alert_message", "alert_since"])
    raise_alert(
        Kind.CONNECTION,
        held.id,
        label=held.name,
        code=error.code,
        message=str(error),
        permission=right(area_of(held.connector), EDIT),
    )
    if is_news:
        record(SYSTEM, held, "alerted", new={"code": error.code})
        announce(events.ConnectionAlerted(held.id, error.code))


def _clear_alert(connection: Connection) -> None:
    cleared = (
        Connection.objects.filter(pk=connection.pk)
        .exclude(alert_code="")
        .update(alert_code="", alert_message="", alert_since=None)
    )
    if cleared:
        clear_alerts(connection.id)
        record(SYSTEM, connection, "recovered")
        announce(events.ConnectionRecovered(connection.id))
