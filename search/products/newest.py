"""The plainest list there is, and the most asked for: everything in a channel, newest first, in one statement."""

from functools import cache
from typing import Any

from django.db.models import BigIntegerField, CharField, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.timezone import localdate

from market.common.clock import read_clock
from market.common.databases import for_lists
from market.common.prepared import Param, PreparedSelect
from search.products.answer import Card
from search.products.cards import card_of
from search.products.curation import is_hidden_everywhere
from search.products.models import SearchDocument

_BEYOND_ALL = 2**62


def newest_cards(channel: str, language: str, *, size: int, before: int | None = None) -> list[Card]:
    """A keyset page: the newest `size` products of the channel, or those older than the product `before`."""
    month = localdate(read_clock()).month
    rows = _prepared(size)(using=for_lists(), channel=channel, before=_BEYOND_ALL if before is None else before)
    return [card_of(product_id, show, language, month) for product_id, show in rows]


@cache
def _prepared(size: int) -> PreparedSelect[tuple[Any, ...]]:
    def build() -> "QuerySet[SearchDocument, tuple[Any, ...]]":
        older = Param("before", BigIntegerField())
        page = SearchDocument.objects.filter(channel=Param("channel", CharField()), product_id__lt=older, is_gone=False)
        return (
            page.exclude(is_hidden_everywhere())
            .order_by("-product_id")
            .values_list("product_id", Cast("show", TextField()))[:size]
        )

    return PreparedSelect(build)
