"""The plainest list there is, and the most asked for: everything in a channel, newest first, in one statement."""

from decimal import Decimal
from functools import cache
from typing import Any, NamedTuple

from django.db.models import BigIntegerField, CharField, QuerySet

from market.common.languages import ZH, column, normal_language
from market.common.prepared import Param, PreparedSelect
from search.products.models import SearchDocument

_BEYOND_ALL = 2**62
_FIELDS = (
    "product_id",
    "slug",
    "price",
    "price_per_kg",
    "currency",
    "unit",
    "moq",
    "thumbnail_url",
    "in_stock",
    "seller_number",
)


class ListedProduct(NamedTuple):
    """`price` is of one unit; amounts in `currency`."""

    product_id: int
    slug: str
    price: Decimal
    price_per_kg: Decimal
    currency: str
    unit: str
    moq: Decimal
    thumbnail_url: str
    in_stock: bool
    seller_number: str
    name: str
    seller_name: str


def newest_products(channel: str, language: str, *, size: int, before: int | None = None) -> list[ListedProduct]:
    """A keyset page: the newest `size` products, or those older than the product `before`."""
    find = _prepared(normal_language(language), size)
    rows = find(channel=channel, before=_BEYOND_ALL if before is None else before)
    return [ListedProduct._make((*row[:10], row[10] or row[11], row[12] or row[13])) for row in rows]


@cache
def _prepared(language: str, size: int) -> PreparedSelect[tuple[Any, ...]]:
    texts = [column(name, code) for name in ("name", "seller") for code in (language, ZH)]

    def build() -> "QuerySet[SearchDocument, tuple[Any, ...]]":
        older = Param("before", BigIntegerField())
        page = SearchDocument.objects.filter(channel=Param("channel", CharField()), product_id__lt=older)
        return page.order_by("-product_id").values_list(*_FIELDS, *texts)[:size]

    return PreparedSelect(build)
