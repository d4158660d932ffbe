from django.apps import AppConfig


class CustomersConfig(AppConfig):
    name = "hangarlink.operations.customers"
    label = "customers"
    default_auto_field = "django.db.models.BigAutoField"
