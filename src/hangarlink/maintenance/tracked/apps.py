from django.apps import AppConfig


class TrackedConfig(AppConfig):
    name = "hangarlink.maintenance.tracked"
    label = "tracked"
    default_auto_field = "django.db.models.BigAutoField"
