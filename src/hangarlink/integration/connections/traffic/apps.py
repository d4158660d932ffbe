from django.apps import AppConfig


class TrafficConfig(AppConfig):
    name = "hangarlink.integration.connections.traffic"
    label = "connection_traffic"
    default_auto_field = "django.db.models.BigAutoField"
