from django.apps import AppConfig


class QuotesConfig(AppConfig):
    name = "orders.quotes"
    label = "quotes"
