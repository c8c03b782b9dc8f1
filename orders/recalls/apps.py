from django.apps import AppConfig


class RecallsConfig(AppConfig):
    name = "orders.recalls"
    label = "recalls"
