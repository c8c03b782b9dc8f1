"""What a search is asked and what it answers. Frozen values, the same for every engine."""

from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class SearchQuery:
    """Empty `text`: browsing. Values of one filter are OR, filters AND. Prices are per kg, in the channel's currency.

    `rating_min`: 4 or 3, so many stars on average and more. `attributes`: `code=value`; values of the same code are OR,
    codes AND. `destination`: only goods an officer has opened this country for (ISO 3166-1). `boosts` False: ordered by
    words alone, not also by stock, season and rating. `facet_names`: the only facets to count, for each costs time;
    empty counts all. `session`: any text that stays the same for a visitor, so that one replica answers all pages.
    `with_log` False: no person asks, so it is not counted among what people search. The page begins behind the
    last hit of the page whose answer gave `cursor`, or else at `page`."""

    text: str = ""
    language: str = "zh-hans"
    channel: str = "domestic"
    category: str = ""
    origins: tuple[str, ...] = ()
    grades: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ()
    rating_min: int | None = None
    attributes: tuple[str, ...] = ()
    price_per_kg_min: Decimal | None = None
    price_per_kg_max: Decimal | None = None
    moq_max: Decimal | None = None
    in_season: bool = False
    in_stock: bool = False
    enterprise: str = ""
    destination: str = ""
    sort: str = "relevance"
    boosts: bool = True
    page: int = 1
    cursor: str = ""
    size: int = 24
    with_facets: bool = False
    facet_names: tuple[str, ...] = ()
    session: str = ""
    with_log: bool = True

    @property
    def is_words_alone(self) -> bool:
        """The first page by words, with nothing chosen and no other order: what tells whether words find anything."""
        plain = SearchQuery(
            text=self.text,
            language=self.language,
            channel=self.channel,
            size=self.size,
            with_facets=self.with_facets,
            facet_names=self.facet_names,
            session=self.session,
            with_log=self.with_log,
        )
        return self == plain


@dataclass(frozen=True)
class Card:
    """`price` is of one unit; amounts in `currency`. `name_language` says in which language the name is. `highlight`:
    the name as HTML, escaped, with `<mark>` around what was found; empty where nothing of it was. `rating`: the average
    of the stars of so many `reviews`, to one place; None without any."""

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
    highlight: str = ""
    rating: Decimal | None = None
    reviews: int = 0


@dataclass(frozen=True)
class FacetValue:
    """`level` is filled where values are of several levels: division, regiment and company of an origin."""

    value: str
    label: str
    count: int
    is_chosen: bool
    level: str = ""


@dataclass(frozen=True)
class SearchAnswer:
    """`degraded`: another engine than the configured one answered, as good as it can. `corrected`: the text that was
    searched instead, when nothing had the word as it was written. `pass_name`: how loosely words were taken.
    `is_capped`: there are at least `total`. `cursor`: where the next page begins, empty on the last.
    `titles`: what facets of attributes are called, in the reader's language.
    `took_ms`: from the question to this answer."""

    hits: tuple[Card, ...]
    total: int
    facets: dict[str, tuple[FacetValue, ...]] = field(default_factory=dict)
    titles: dict[str, str] = field(default_factory=dict)
    engine: str = "database"
    degraded: bool = False
    pass_name: str = ""
    corrected: str = ""
    is_capped: bool = False
    cursor: str = ""
    took_ms: int = 0

    def pages(self, size: int) -> int:
        return max(1, -(-self.total // size))
