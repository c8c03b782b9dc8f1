from django.apps import AppConfig


class ApiConfig(AppConfig):
    name = "market.api"
    label = "api"
