"""What the reviews of a product come to, copied onto it, so that no list and no index asks for it."""

from datetime import datetime

from catalog.products.events import products_changed
from catalog.products.models import Product


def lock_rating(product_id: int) -> Product:
    """Whoever is about to change a review holds this lock first: of two at once the second counts the first one too."""
    return Product.objects.select_for_update(of=("self",)).get(pk=product_id)


def set_rating(product: Product, *, count: int, stars: int, now: datetime) -> None:
    """`product` as `lock_rating` gave it, in the same transaction; `stars` is their sum. The index is told when
    anything has changed. The version an editor goes by stays: nothing the seller wrote is another."""
    if (product.rating_count, product.rating_sum) == (count, stars):
        return
    product.rating_count, product.rating_sum = count, stars
    product.save(update_fields=["rating_count", "rating_sum"])
    products_changed([product.pk], reason="rating", now=now)
