"""Catalogue rows to documents, in a constant number of statements per batch."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django.utils.timezone import localdate

from catalog.pricing.ladder import kg_price_of, unit_price_of
from catalog.products.attributes import Counted, Definition, filter_pairs, searched_names, what_counts
from catalog.products.badges import shown_badges
from catalog.products.models import rendering_url, slug_of
from catalog.products.rating import average, shrunk_average
from market.channels.models import Channel
from market.common.clock import read_clock
from market.compliance.queries import export_reach
from search.analysis.streams import streams
from search.engines.base import Deletion, Document, Schema
from search.engines.fit import check_document
from search.products.rows import OfferRow, ProductRow, ProductRows, read_rows
from search.products.said import packed, said_of
from search.products.schema import month_value, pid_of, product_schema

THUMBNAIL = 320
PRICE_SCALE, QUANTITY_SCALE = 10_000, 1_000
LARGEST = Decimal(10**12)
IN_STOCK = 1 << 48  # above any product number
RATED = 1 << 40  # the same; times 5,000 it still is a number that a float holds exactly
RATINGS = (4, 3)  # of the facet: so many stars and more
WELL_RATED = 4  # the shrunk average from which a product gets its bonus
Reach = Callable[[str, str], frozenset[str]]


@dataclass(frozen=True)
class Loaded:
    """`failed`: products whose document could not be made, by number; what stood there before stays."""

    documents: list[Document] = field(default_factory=list)
    deletions: list[Deletion] = field(default_factory=list)
    failed: dict[int, Exception] = field(default_factory=dict)


@dataclass(frozen=True)
class _Common:
    """What a product's documents have in common, whatever the channel. `show`: in three languages."""

    streams: dict[str, str]
    keywords: dict[str, tuple[str, ...]]
    flags: dict[str, bool]
    rated: int
    show: dict[str, Any]


def load_documents(product_ids: Iterable[int], version: int) -> Loaded:
    """Documents of those products that the public may see now, one per channel they are offered in; a deletion for
    every other channel. Eight statements, however many products, and two more where any has attributes."""
    ids = list(product_ids)
    channels = list(Channel.objects.all())
    today = localdate(read_clock())
    rows, reach = read_rows(ids), export_reach(today)
    schema, loaded = product_schema(), Loaded()
    for product_id in ids:
        try:
            product = rows.products.get(product_id)
            made = []
            if product is not None:
                made = _documents(product, channels, rows, reach, today, version, schema)
        except Exception as error:  # noqa: BLE001 - one product that cannot be read must not hold up the others
            loaded.failed[product_id] = error
            continue
        kept = {document.pid for document in made}
        loaded.documents.extend(made)
        gone = [pid for channel in channels if (pid := pid_of(product_id, channel.code)) not in kept]
        loaded.deletions.extend(Deletion(pid, version) for pid in gone)
    return loaded


def _documents(
    product: ProductRow,
    channels: Sequence[Channel],
    rows: ProductRows,
    reach: Reach,
    today: date,
    version: int,
    schema: Schema,
) -> list[Document]:
    documents: list[Document] = []
    common: _Common | None = None
    for channel in channels:
        offers = _offers(product, channel) if channel.is_active and channel.pk in product.channels else []
        if offers:
            common = common or _common(product, rows.definitions, today)
            open_to = tuple(sorted(reach(product.hs_code, product.origin_subdivision))) if channel.is_export else ()
            document = _document(product, common, channel, offers, rows.stocked, open_to, version)
            check_document(document, schema)
            documents.append(document)
    return documents


def _offers(product: ProductRow, channel: Channel) -> list[OfferRow]:
    """Cheapest packing by weight first."""

    def rank(row: OfferRow) -> tuple[Decimal, int, int]:
        return kg_price_of(row.basis, row.amount, row.net_kg), row.position, row.variant_id

    return sorted([row for row in product.offers if row.channel_id == channel.pk], key=rank)


def _streams(product: ProductRow, counted: Counted, kinds: tuple[str, ...]) -> dict[str, str]:
    """`kinds`: of the certificates that hold."""
    # Each the same for many products.
    names = [product.category, product.origin, product.seller, *searched_names(counted)]
    said = said_of(product.grade, kinds, product.origin_subdivision)
    packings = packed(tuple([offer.net_kg for offer in product.offers]), product.hs_code)
    found = streams(product.name, [*map(" \n ".join, names), said, packings, *product.description])
    return {"words": found.words, "body": found.body, "bi": found.bi, "py": found.py, "u": found.u}


def _common(product: ProductRow, definitions: Mapping[str, Definition], today: date) -> _Common:
    stars = average(product.rating_count, product.rating_sum)
    shrunk = shrunk_average(product.rating_count, product.rating_sum) if stars is not None else None
    kinds = tuple(sorted({badge.kind for badge in shown_badges(product.badges, today)}))
    counted = what_counts(product.attributes, definitions, product.category_path)
    return _Common(
        streams=_streams(product, counted, kinds),
        keywords={
            "product": (str(product.pk),),
            "category": _parts(product.category_path),
            "enterprise": (product.seller_number,),
            "origin": _parts(product.origin_path),
            "grade": (product.grade,),
            "certs": kinds,
            "months": _months(tuple(product.season_months)),
            **_attributes(counted),
            "rating": tuple(str(least) for least in RATINGS if stars is not None and stars >= least),
        },
        flags={"well_rated": True} if shrunk is not None and shrunk >= WELL_RATED else {},
        rated=product.pk + (RATED * int(shrunk * 1_000) if shrunk is not None else 0),
        show={
            "slug": slug_of(product.name.en),
            "name": list(product.name),
            "seller": list(product.seller),
            "seller_number": product.seller_number,
            "origin": list(product.origin),
            "category": product.category_slug,
            "grade": product.grade,
            "rating": "" if stars is None else str(stars),
            "reviews": product.rating_count,
            "months": list(product.season_months),
            "thumbnail": rendering_url(*product.image, THUMBNAIL) if product.image else "",
        },
    )


def _attributes(counted: Counted) -> dict[str, tuple[str, ...]]:
    """Nothing for goods without any: most documents are as small as they were."""
    return {"attrs": found} if (found := tuple(sorted(filter_pairs(counted)))) else {}


def _document(
    product: ProductRow,
    common: _Common,
    channel: Channel,
    offers: Sequence[OfferRow],
    stocked: frozenset[int],
    open_to: tuple[str, ...],
    version: int,
) -> Document:
    packing = offers[0]
    kg_price = kg_price_of(packing.basis, packing.amount, packing.net_kg)
    in_stock = any(row.variant_id in stocked for row in offers)
    own = {"channel": (channel.code,), "stock": ("yes" if in_stock else "no",), "export_to": open_to}
    return Document(
        pid=pid_of(product.pk, channel.code),
        streams=common.streams,
        keywords={**common.keywords, **own},
        numbers={
            "price_kg": scaled(kg_price, PRICE_SCALE),
            "moq": scaled(packing.moq, QUANTITY_SCALE),
            "newest": product.pk,
            "rated": common.rated,
            "browse": product.pk + (IN_STOCK if in_stock else 0),
        },
        flags=common.flags,
        show={**common.show, **_show(channel, packing, kg_price, in_stock)},
        version=version,
    )


def _show(channel: Channel, packing: OfferRow, kg_price: Decimal, in_stock: bool) -> dict[str, Any]:
    """What a card shows of the offer; numbers as text, exact."""
    return {
        "currency": channel.currency,
        "price": str(unit_price_of(packing.basis, packing.amount, packing.net_kg, channel.currency)),
        "price_kg": str(kg_price),
        "unit": packing.unit,
        "net_kg": str(packing.net_kg),
        "moq": str(packing.moq),
        "in_stock": in_stock,
    }


def scaled(value: Decimal, scale: int) -> int:
    """The whole number an engine keeps; what no price or quantity can be is cut to the bound."""
    return int(max(-LARGEST, min(value, LARGEST)) * scale)


@lru_cache(maxsize=1_000)
def _parts(path: str) -> tuple[str, ...]:
    return tuple(part for part in path.split("/") if part)


@lru_cache(maxsize=1_000)
def _months(season: tuple[int, ...]) -> tuple[str, ...]:
    """What has no season is there all the year round."""
    return tuple(month_value(month) for month in season or range(1, 13))
