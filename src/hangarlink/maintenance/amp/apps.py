from django.apps import AppConfig


class AmpConfig(AppConfig):
    name = "hangarlink.maintenance.amp"
    label = "amp"
    default_auto_field = "django.db.models.BigAutoField"
