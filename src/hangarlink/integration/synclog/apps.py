from django.apps import AppConfig


class SyncLogConfig(AppConfig):
    name = "hangarlink.integration.synclog"
    label = "synclog"
    default_auto_field = "django.db.models.BigAutoField"
