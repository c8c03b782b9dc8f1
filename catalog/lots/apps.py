from django.apps import AppConfig


class LotsConfig(AppConfig):
    name = "catalog.lots"
    label = "lots"
