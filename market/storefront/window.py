"""The shop window of the home page: a choice of many sellers and kinds instead of the shelf of whoever came last."""

from collections.abc import Iterable
from itertools import islice

from market.common.kept import Kept
from search.products.answer import Card, SearchQuery
from search.products.newest import newest_cards
from search.products.queries import cards_of, search_products

NEWEST, SEASON = 12, 6
LOOK_AT = 96  # so many of the newest are chosen from


def home_cards(language: str) -> tuple[list[Card], list[Card]]:
    """What is harvested now and in stock, and what is new. Which products: looked at again every half minute. Whether
    they may be seen, and at what price: at this moment, in one statement."""
    season, newest = _chosen.get()
    cards = {card.product_id: card for card in cards_of([*season, *newest], channel="domestic", language=language)}
    shown = [cards[pk] for pk in season if pk in cards and cards[pk].in_stock]
    return shown, [cards[pk] for pk in newest if pk in cards]


def _choose() -> tuple[tuple[int, ...], tuple[int, ...]]:
    fresh = SearchQuery(in_season=True, in_stock=True, size=LOOK_AT, sort="newest")
    season = _one_of_each((card.category_slug, card) for card in search_products(fresh).hits if card.in_season)
    newest = newest_cards("domestic", fresh.language, size=LOOK_AT)
    kinds = _one_of_each(((card.seller_number, card.category_slug), card) for card in newest)
    return tuple(islice(season, SEASON)), tuple(islice(kinds, NEWEST))


def _one_of_each(cards: Iterable[tuple[object, Card]]) -> list[int]:
    """The first of each kind, then the rest in their order: a small shop fills its window too."""
    listed = list(cards)
    first: dict[object, int] = {}
    for kind, card in listed:
        first.setdefault(kind, card.product_id)
    return list(dict.fromkeys([*first.values(), *(card.product_id for _, card in listed)]))


_chosen = Kept(_choose, seconds=30)
