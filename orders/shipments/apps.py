from django.apps import AppConfig


class ShipmentsConfig(AppConfig):
    name = "orders.shipments"
    label = "shipments"
