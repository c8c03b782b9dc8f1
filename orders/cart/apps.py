from django.apps import AppConfig


class CartConfig(AppConfig):
    name = "orders.cart"
    label = "cart"
