from django.apps import AppConfig


class OutboundConfig(AppConfig):
    name = "orders.outbound"
    label = "outbound"
