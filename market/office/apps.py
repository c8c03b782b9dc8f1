from django.apps import AppConfig


class OfficeConfig(AppConfig):
    name = "market.office"
    label = "office"
