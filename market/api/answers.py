"""What the API answers about goods, as types: the description at openapi.json is made of these. Amounts, quantities and
weights are decimal strings (`"30"`, `"2.5"`), so that no program reads them as floats."""

from datetime import date

from ninja import Schema
from pydantic import Field


class CardPrice(Schema):
    """`amount` is the price of one unit."""

    amount: str
    currency: str
    unit: str
    per_kg: str
    moq: str


class SellerNamed(Schema):
    number: str
    name: str


class RatingSeen(Schema):
    """The average of buyers' stars, 1 to 5, to one place, of `count` reviews."""

    average: str
    count: int


class ProductCard(Schema):
    """`highlight`: the name with the words that were found marked, when words were asked for. `rating` null: nobody has
    reviewed it yet."""

    id: int
    slug: str
    name: str
    highlight: str | None
    price: CardPrice
    thumbnail_url: str | None
    in_stock: bool
    rating: RatingSeen | None
    seller: SellerNamed


class ProductList(Schema):
    """`next` is the cursor of the page after this one."""

    items: list[ProductCard]
    next: str | None


class FacetCount(Schema):
    """`level` is filled where values are of several levels, as units of origin are."""

    value: str
    label: str
    count: int
    is_chosen: bool
    level: str


class SearchAnswer(ProductList):
    """`facet_titles` names the facets of attributes, `attr:<code>`. `pass` says how loosely the words had to be read;
    `corrected` is the text that was searched instead of the one asked for; `degraded` that the usual engine is away;
    `took_ms` the time of the search, without the way to you."""

    total: int
    total_is_capped: bool
    facets: dict[str, list[FacetCount]]
    facet_titles: dict[str, str]
    corrected: str
    engine: str
    degraded: bool
    pass_name: str = Field(alias="pass")
    took_ms: int


class SuggestionSeen(Schema):
    """`kind` is product, category, place, seller or query; `count` how often it stands in the catalogue or was asked
    for; `target` a seller's number."""

    text: str
    kind: str
    count: int
    target: str


class Suggestions(Schema):
    items: list[SuggestionSeen]


class LadderStep(Schema):
    from_quantity: str = Field(alias="from")
    unit_price: str
    kg_price: str


class VariantSeen(Schema):
    id: int
    sku: str
    unit: str
    net_kg: str
    stock: str
    currency: str
    moq: str
    multiple: str
    ladder: list[LadderStep]


class CertificateSeen(Schema):
    """Looked up by an officer, and valid today; `valid_to` is the last day."""

    kind: str
    label: str
    number: str
    body: str
    valid_to: date


class AttributeSeen(Schema):
    """What the product says of an attribute of its category. `value`: a value's code, a number as text, or true and
    false; `text`: for people, with its unit."""

    code: str
    name: str
    value: str | bool
    text: str
    unit: str


class ProductSeen(Schema):
    id: int
    slug: str
    name: str
    description: str
    category: str
    origin: str
    grade: str
    season_months: list[int]
    attributes: list[AttributeSeen]
    certificates: list[CertificateSeen]
    rating: RatingSeen | None
    seller: SellerNamed
    images: list[str]
    variants: list[VariantSeen]
