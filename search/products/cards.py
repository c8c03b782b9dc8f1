"""A document's `show` to what a card says in one language. Pure."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from market.common.languages import LANGUAGES, ZH, normal_language
from search.products.answer import Card


def card_of(product_id: int, show: Mapping[str, Any], language: str, month: int) -> Card:
    language = normal_language(language)
    place = LANGUAGES.index(language)

    def named(field: str) -> str:
        return str(show[field][place] or show[field][0])

    return Card(
        product_id=product_id,
        slug=show["slug"],
        name=named("name"),
        name_language=language if show["name"][place] else ZH,
        price=Decimal(show["price"]),
        price_per_kg=Decimal(show["price_kg"]),
        currency=show["currency"],
        unit=show["unit"],
        net_kg=Decimal(show["net_kg"]),
        moq=Decimal(show["moq"]),
        seller_name=named("seller"),
        seller_number=show["seller_number"],
        origin_name=named("origin"),
        thumbnail_url=show["thumbnail"],
        grade=show["grade"],
        category_slug=show["category"],
        in_stock=show["in_stock"],
        in_season=month in show["months"],  # what is made all the year round has no season to tell of
    )
