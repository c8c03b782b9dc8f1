from django.apps import AppConfig


class SearchProductsConfig(AppConfig):
    name = "search.products"
    label = "search_products"
