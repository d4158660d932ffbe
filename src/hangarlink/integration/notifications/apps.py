from django.apps import AppConfig

from hangarlink.platform.events.needs import needed_when

# A message is written from its events when it is sent.
_WAITING = (
    "EXISTS (SELECT FROM notification_rule r JOIN notification_entry y ON y.rule_id = r.id"
    " JOIN notification_message m ON m.id = y.message_id"
    " WHERE r.account_id = e.account_id AND y.event_id = e.id AND m.state = 'waiting')"
)


class NotificationsConfig(AppConfig):
    name = "hangarlink.integration.notifications"
    label = "notifications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        needed_when(_WAITING)
