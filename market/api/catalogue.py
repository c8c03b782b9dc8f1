"""Public reads of the catalogue: a list is one statement, whatever is in it."""

from dataclasses import asdict, replace
from decimal import Decimal
from functools import lru_cache
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils import timezone
from ninja import Query, Router, Schema
from pydantic import AfterValidator, Field

from catalog.products.badges import Badge, kind_label, shown_badges
from catalog.products.queries import find_published, images_of, shown_attributes
from catalog.stock.queries import Offer, offers_of
from market.api.paging import read_cursor, write_cursor
from market.channels.models import Channel
from market.common.clock import read_clock
from market.common.errors import NotFound
from market.common.languages import column
from market.common.quantity import plain
from market.common.visits import visit_of
from search.products.answer import Card, SearchQuery
from search.products.newest import newest_cards
from search.products.queries import search_products, suggest

router = Router(tags=["catalogue"])
MAX_VALUES = 20


def channel_of(code: str) -> Channel:
    channel = Channel.objects.filter(code=code, is_active=True).first()
    if channel is None:
        raise NotFound()
    return channel


def _named(row: Any, stem: str, language: str) -> str:
    return str(getattr(row, column(stem, language)) or getattr(row, f"{stem}_zh"))


def _few(values: list[str]) -> list[str]:
    """Each value costs the engine time, and nobody chooses from hundreds. Raises ValueError."""
    if len(values) > MAX_VALUES:
        raise ValueError(f"at most {MAX_VALUES} values, not {len(values)}: ask several times")
    return list(dict.fromkeys(values))


Values = Annotated[list[Annotated[str, Field(max_length=200)]], AfterValidator(_few)]
# Anything else would filter nothing, and the list look as if it had.
Pairs = Annotated[list[Annotated[str, Field(max_length=200, pattern="^[^=]+=.")]], AfterValidator(_few)]


class SearchParameters(Schema):
    """What `GET /search` takes. Lists are given by repeating the name, at most twenty times."""

    q: str = Field("", max_length=200)
    lang: str = "zh-hans"
    channel: str = "domestic"
    category: str = ""
    origin: Values = Field([], description="codes of divisions or regiments")
    grade: Values = []
    certificate: Values = []
    attribute: Pairs = Field([], description="`code=value` as facets `attr:<code>` name them")
    price_min: Decimal | None = Field(None, ge=0, le=10**9, description="per kg, in the channel's currency")
    price_max: Decimal | None = Field(None, ge=0, le=10**9)
    moq_max: Decimal | None = Field(None, ge=0, le=10**9)
    rating_min: int | None = Field(None, ge=3, le=4, description="so many stars on average and more")
    in_season: bool = False
    in_stock: bool = False
    seller: str = ""
    destination: str = Field(
        "", max_length=2, description="only goods that may be exported there, ISO 3166-1; of `channel`s for export"
    )
    sort: Literal["relevance", "newest", "price", "-price", "rating"] = "relevance"
    boosts: bool = Field(True, description="false: by words alone, not what is in stock or in season first")
    facets: bool = False
    page_size: int = Field(24, ge=1, le=100)
    cursor: str = Field("", description="`next` of the page before; for another list it begins at the first page")

    def query(self) -> SearchQuery:
        return SearchQuery(
            text=self.q,
            language=self.lang,
            channel=self.channel,
            category=self.category,
            origins=tuple(self.origin),
            grades=tuple(self.grade),
            certificates=tuple(self.certificate),
            attributes=tuple(self.attribute),
            price_per_kg_min=self.price_min,
            price_per_kg_max=self.price_max,
            moq_max=self.moq_max,
            rating_min=self.rating_min,
            in_season=self.in_season,
            in_stock=self.in_stock,
            enterprise=self.seller,
            destination=self.destination.upper(),
            sort=self.sort,
            boosts=self.boosts,
            with_facets=self.facets,
            size=self.page_size,
            cursor=self.cursor,
        )


@lru_cache(maxsize=1_000)
def _card(card: Card) -> dict[str, Any]:
    """Kept by what it says: never to be changed by who gets it."""
    return {
        "id": card.product_id,
        "slug": card.slug,
        "name": card.name,
        "highlight": card.highlight or None,
        "price": {
            "amount": plain(card.price),
            "currency": card.currency,
            "unit": card.unit,
            "per_kg": plain(card.price_per_kg),
            "moq": plain(card.moq),
        },
        "thumbnail_url": card.thumbnail_url or None,
        "in_stock": card.in_stock,
        "rating": _rating(card.rating, card.reviews),
        "seller": {"number": card.seller_number, "name": card.seller_name},
    }


def _rating(average: Decimal | None, count: int) -> dict[str, Any] | None:
    return None if average is None else {"average": str(average), "count": count}


@router.get("/products", url_name="products")
def list_products(
    request: HttpRequest,
    channel: str = "domestic",
    page_size: Annotated[int, Field(ge=1, le=100)] = 24,
    cursor: str = "",
    lang: str = "zh-hans",
) -> dict[str, Any]:
    """Newest first, one statement."""
    after = read_cursor(cursor) if cursor else None
    found = newest_cards(channel, lang, size=page_size + 1, before=after)
    page = found[:page_size]
    return {
        "items": [_card(product) for product in page],
        "next": write_cursor(page[-1].product_id) if len(found) > page_size else None,
    }


@router.get("/search", url_name="search")
def search(request: HttpRequest, asked: Query[SearchParameters]) -> dict[str, Any]:
    """Words in Chinese, English, Russian or pinyin; empty `q` browses. Values of one filter are OR, filters AND.
    `cursor` is `next` of the page before: the page begins behind its last hit, so that goods which come or go meanwhile
    repeat and drop nothing; `page_size` may change on the way. One that is not ours is refused (422); one of another
    list (other words, filters or order, a new index) begins at the first page. `degraded`: the configured engine is
    away and another one answered.
    `facets` named `attr:<code>` are the attributes of the category, or of the one all hits are in; `facet_titles` says
    what they are called. `total` counts exactly up to 10,000; `total_is_capped` says that there are more."""
    answer = search_products(replace(asked.query(), session=visit_of(request)))
    return {
        "items": [_card(card) for card in answer.hits],
        "next": answer.cursor or None,
        "total": answer.total,
        "total_is_capped": answer.is_capped,
        "facets": {name: [vars(value) for value in values] for name, values in answer.facets.items()},
        "facet_titles": answer.titles,
        "corrected": answer.corrected,
        "engine": answer.engine,
        "degraded": answer.degraded,
        "pass": answer.pass_name,
        "took_ms": answer.took_ms,
    }


@router.get("/suggest", url_name="suggest")
def suggestions(
    request: HttpRequest,
    q: Annotated[str, Field(max_length=200)] = "",
    channel: str = "domestic",
    size: Annotated[int, Field(ge=1, le=10)] = 10,
) -> dict[str, Any]:
    """What may be meant in this channel, while it is typed: `kind` is product, category, place, seller or query.
    `target`: of a seller its number, for `seller` of `GET /search`; empty for what is searched by its text."""
    return {"items": [asdict(suggestion) for suggestion in suggest(q, channel=channel, limit=size)]}


@router.get("/products/{int:product_id}", url_name="product")
def show_product(
    request: HttpRequest, product_id: int, channel: str = "domestic", lang: str = "zh-hans"
) -> dict[str, Any]:
    product = find_published(product_id, channel)
    badges = shown_badges(product.badges, timezone.localdate(read_clock())) if product.badges else []
    return {
        "id": product.pk,
        "slug": product.slug,
        "name": _named(product, "name", lang),
        "description": _named(product, "description", lang),
        "category": product.category.slug,
        "origin": _named(product.origin_unit, "name", lang),
        "grade": product.grade,
        "season_months": product.season_months,
        "attributes": [asdict(one) for one in shown_attributes(product.attributes, product.category.path, lang)],
        "certificates": [_certificate(badge, lang) for badge in badges],
        "rating": _rating(product.rating, product.rating_count),
        "seller": {"number": product.enterprise.number, "name": _named(product.enterprise, "name", lang)},
        "images": [image.thumbnail_url(640) for image in images_of(product_id)],
        "variants": [_variant(offer) for offer in offers_of(product_id, channel)],
    }


def _certificate(badge: Badge, language: str) -> dict[str, Any]:
    return {
        "kind": badge.kind,
        "label": kind_label(badge.kind, language),
        "number": badge.number,
        "body": badge.body,
        "valid_to": badge.valid_to.isoformat(),
    }


def _variant(offer: Offer) -> dict[str, Any]:
    variant, price = offer.variant, offer.price
    return {
        "id": variant.pk,
        "sku": variant.sku,
        "unit": variant.unit,
        "net_kg": plain(variant.net_kg),
        "stock": plain(offer.left),
        "currency": offer.currency,
        "moq": plain(price.moq),
        "multiple": plain(price.multiple),
        "ladder": [
            {"from": plain(s.min_quantity), "unit_price": plain(s.unit_price), "kg_price": plain(s.kg_price)}
            for s in offer.steps
        ],
    }
