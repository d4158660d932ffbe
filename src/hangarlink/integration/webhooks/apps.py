from django.apps import AppConfig

from hangarlink.platform.events.needs import needed_when

# Shown and sent again as long as the log has it.
_LOGGED = (
    "EXISTS (SELECT FROM webhook_delivery d JOIN webhook_endpoint p ON p.id = d.endpoint_id"
    " WHERE p.account_id = e.account_id AND d.endpoint_id = p.id AND d.event_id = e.id)"
)
# Sent when the endpoint is resumed, which goes ten minutes further back (actions.MARGIN).
_MISSED = (
    "EXISTS (SELECT FROM webhook_endpoint p"
    " WHERE p.account_id = e.account_id AND p.missed_since - interval '10 minutes' <= e.at)"
)


class WebhooksConfig(AppConfig):
    name = "hangarlink.integration.webhooks"
    label = "webhooks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        needed_when(_LOGGED)
        needed_when(_MISSED)
