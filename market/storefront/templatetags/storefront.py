from django import template

from catalog.products.models import ProductImage
from orders.shipments.models import Status

register = template.Library()


@register.filter
def rendering(image: ProductImage, width: int) -> str:
    """Address of the smallest stored rendering at least this wide."""
    return image.thumbnail_url(width)


@register.filter
def journey_words(status: str) -> str:
    """What a carrier's event says, in the language of the page; empty when only the carrier's own text tells."""
    return str(dict(Status.choices).get(status, "")) if status and status != Status.UNKNOWN else ""
