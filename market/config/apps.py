from django.apps import AppConfig


class ConfigConfig(AppConfig):
    """The roof as an app: its commands may use every room."""

    name = "market.config"
    label = "config"
