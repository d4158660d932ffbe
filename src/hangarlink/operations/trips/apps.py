from django.apps import AppConfig


class TripsConfig(AppConfig):
    name = "hangarlink.operations.trips"
    label = "trips"
    default_auto_field = "django.db.models.BigAutoField"
