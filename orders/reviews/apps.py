from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    name = "orders.reviews"
    label = "reviews"
