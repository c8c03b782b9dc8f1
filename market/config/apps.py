from django.apps import AppConfig
from django.core.checks import Tags, register

from market.config.checks import messages_leave_the_machine


class ConfigConfig(AppConfig):
    """The roof as an app: its commands may use every room."""

    name = "market.config"
    label = "config"

    def ready(self) -> None:
        register(messages_leave_the_machine, Tags.security, deploy=True)
