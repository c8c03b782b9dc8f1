"""Public reads of the catalogue: a list is one statement, whatever is in it."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from catalog.products.queries import find_published, images_of
from catalog.stock.queries import Offer, offers_of
from market.api.paging import read_cursor, write_cursor
from market.channels.models import Channel
from market.common.errors import NotFound
from market.common.languages import column
from market.common.quantity import plain
from search.products.answer import Card, SearchQuery
from search.products.newest import ListedProduct, newest_products
from search.products.queries import search_products

router = Router(tags=["catalogue"])


def channel_of(code: str) -> Channel:
    channel = Channel.objects.filter(code=code, is_active=True).first()
    if channel is None:
        raise NotFound()
    return channel


def _named(row: Any, stem: str, language: str) -> str:
    return str(getattr(row, column(stem, language)) or getattr(row, f"{stem}_zh"))


def _card(card: Card | ListedProduct) -> dict[str, Any]:
    return {
        "id": card.product_id,
        "slug": card.slug,
        "name": card.name,
        "price": {
            "amount": plain(card.price),
            "currency": card.currency,
            "unit": card.unit,
            "per_kg": plain(card.price_per_kg),
            "moq": plain(card.moq),
        },
        "thumbnail_url": card.thumbnail_url or None,
        "in_stock": card.in_stock,
        "seller": {"number": card.seller_number, "name": card.seller_name},
    }


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
    found = newest_products(channel, lang, size=page_size + 1, before=after)
    page = found[:page_size]
    return {
        "items": [_card(product) for product in page],
        "next": write_cursor(page[-1].product_id) if len(found) > page_size else None,
    }


@router.get("/search", url_name="search")
def search(
    request: HttpRequest,
    q: Annotated[str, Field(max_length=200)] = "",
    lang: str = "zh-hans",
    channel: str = "domestic",
    page_size: Annotated[int, Field(ge=1, le=100)] = 24,
    cursor: str = "",
) -> dict[str, Any]:
    """Words in Chinese, English, Russian or pinyin; empty `q` browses. `cursor` as given by the answer before."""
    number = read_cursor(cursor) if cursor else 1
    answer = search_products(SearchQuery(text=q, language=lang, channel=channel, page=number, size=page_size))
    return {
        "items": [_card(card) for card in answer.hits],
        "next": write_cursor(number + 1) if number * page_size < answer.total else None,
        "total": answer.total,
        "engine": answer.engine,
        "degraded": answer.degraded,
        "pass": answer.pass_name,
    }


@router.get("/products/{int:product_id}", url_name="product")
def show_product(
    request: HttpRequest, product_id: int, channel: str = "domestic", lang: str = "zh-hans"
) -> dict[str, Any]:
    product = find_published(product_id, channel)
    return {
        "id": product.pk,
        "slug": product.slug,
        "name": _named(product, "name", lang),
        "description": _named(product, "description", lang),
        "category": product.category.slug,
        "origin": _named(product.origin_unit, "name", lang),
        "grade": product.grade,
        "season_months": product.season_months,
        "seller": {"number": product.enterprise.number, "name": _named(product.enterprise, "name", lang)},
        "images": [image.thumbnail_url(640) for image in images_of(product_id)],
        "variants": [_variant(offer) for offer in offers_of(product_id, channel)],
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
