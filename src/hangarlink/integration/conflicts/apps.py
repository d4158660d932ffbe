from django.apps import AppConfig


class ConflictsConfig(AppConfig):
    name = "hangarlink.integration.conflicts"
    label = "conflicts"
    default_auto_field = "django.db.models.BigAutoField"
