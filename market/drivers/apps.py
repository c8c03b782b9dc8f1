from django.apps import AppConfig


class DriversConfig(AppConfig):
    name = "market.drivers"
    label = "drivers"
