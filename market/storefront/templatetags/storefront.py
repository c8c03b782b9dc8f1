from django import template

from catalog.products.models import ProductImage

register = template.Library()


@register.filter
def rendering(image: ProductImage, width: int) -> str:
    """Address of the smallest stored rendering at least this wide."""
    return image.thumbnail_url(width)
