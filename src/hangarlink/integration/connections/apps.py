from django.apps import AppConfig


class ConnectionsConfig(AppConfig):
    name = "hangarlink.integration.connections"
    label = "connections"
    default_auto_field = "django.db.models.BigAutoField"
