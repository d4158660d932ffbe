from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "hangarlink.integration.ledger"
    label = "ledger"
