"""The product's rating, counted from its reviews and not added up, so that it cannot drift."""

from datetime import datetime

from django.db.models import Count, Sum

from catalog.products.actions.set_rating import set_rating
from catalog.products.models import Product
from orders.reviews.queries import reviews_about


def count_stars(product: Product, *, now: datetime) -> None:
    """`product` as `lock_rating` gave it, after the change of its review. One or two statements."""
    found = reviews_about(product.pk).order_by().aggregate(count=Count("pk"), stars=Sum("stars"))
    set_rating(product, count=found["count"], stars=found["stars"] or 0, now=now)
