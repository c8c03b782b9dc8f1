from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from catalog.products.models import ProductImage
from market.common.languages import active_language
from search.products.answer import Card

register = template.Library()


@register.simple_tag
def product_card(card: Card, *, eager: bool = False, first: bool = False) -> SafeString:
    """A product in a list. `eager`: its picture is probably in sight; `first`: it is the largest thing on a phone."""
    return _card_html(card, active_language(), eager, first)


@lru_cache(maxsize=2000)
def _card_html(card: Card, language: str, eager: bool, first: bool) -> SafeString:
    """Kept by everything that stands on it, so that nothing can be out of date; a thousand cards are about 1 MB."""
    return render_to_string("storefront/_card.html", {"card": card, "eager": eager, "first": first})


@register.filter
def rendering(image: ProductImage, width: int) -> str:
    """Address of the smallest stored rendering at least this wide."""
    return image.thumbnail_url(width)
