from django.apps import AppConfig


class OAuthConfig(AppConfig):
    name = "hangarlink.integration.connections.oauth"
    label = "connection_oauth"
    default_auto_field = "django.db.models.BigAutoField"
