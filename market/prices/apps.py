from django.apps import AppConfig


class PricesConfig(AppConfig):
    name = "market.prices"
    label = "prices"
