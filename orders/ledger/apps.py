from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "orders.ledger"
    label = "ledger"
