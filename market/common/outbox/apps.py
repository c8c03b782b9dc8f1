from django.apps import AppConfig


class OutboxConfig(AppConfig):
    name = "market.common.outbox"
    label = "outbox"
