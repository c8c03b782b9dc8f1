"""A document's `show` to what a card says in one language. Pure, so cards are kept by what they are made of."""

from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

import orjson

from market.common.languages import LANGUAGES, ZH, normal_language
from search.products.answer import Card
from search.query.highlight import OPEN, highlight
from search.query.marks import NO_MARKS, Marks

KEPT = 1_000  # some 3 kB each


def card_of(product_id: int, show_text: str, language: str, month: int, marks: Marks = NO_MARKS) -> Card:
    """`show_text`: the `show` of a document as JSON. `marks`: what a search found, marked in the name."""
    make = _plain if marks is NO_MARKS else _marked
    return make(product_id, show_text, normal_language(language), month, marks)


@lru_cache(maxsize=KEPT)
def _marked(product_id: int, show_text: str, language: str, month: int, marks: Marks) -> Card:
    card = _plain(product_id, show_text, language, month, NO_MARKS)
    marked = highlight(card.name, marks)
    return replace(card, highlight=marked) if OPEN in marked else card


@lru_cache(maxsize=KEPT)
def _plain(product_id: int, show_text: str, language: str, month: int, _: Marks) -> Card:
    show = orjson.loads(show_text)
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
        rating=Decimal(show["rating"]) if show.get("rating") else None,  # older documents tell of none
        reviews=show.get("reviews", 0),
        in_season=month in show["months"],  # what is made all the year round has no season to tell of
    )
