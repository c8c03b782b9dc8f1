from django.apps import AppConfig


class PickupsConfig(AppConfig):
    name = "orders.pickups"
    label = "pickups"
