"""What a search is asked and what it answers. Frozen values, the same for every engine."""

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class SearchQuery:
    """Empty `text`: browsing. Values of one filter are OR, filters AND. `cursor` as given by the last answer."""

    text: str = ""
    language: str = "zh-hans"
    channel: str = "domestic"
    category: str = ""
    origins: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    price_per_kg_min: Decimal | None = None
    price_per_kg_max: Decimal | None = None
    in_season: bool = False
    in_stock: bool = False
    enterprise: str = ""
    sort: str = "relevance"
    page: int = 1
    size: int = 24
    with_facets: bool = False


@dataclass(frozen=True)
class Card:
    """`price` is of one unit; amounts in `currency`. `name_language` says in which language the name is."""

    product_id: int
    slug: str
    name: str
    name_language: str
    price: Decimal
    price_per_kg: Decimal
    currency: str
    unit: str
    net_kg: Decimal
    moq: Decimal
    seller_name: str
    seller_number: str
    origin_name: str
    thumbnail_url: str
    grade: str
    category_slug: str
    in_stock: bool
    in_season: bool


@dataclass(frozen=True)
class FacetValue:
    value: str
    label: str
    count: int
    is_chosen: bool


@dataclass(frozen=True)
class SearchAnswer:
    hits: tuple[Card, ...]
    total: int
    facets: dict[str, tuple[FacetValue, ...]] = field(default_factory=dict)
    engine: str = "database"
    degraded: bool = False
    pass_name: str = ""

    def pages(self, size: int) -> int:
        return max(1, -(-self.total // size))
