"""A farm's products with packings, prices, lots and stock, in one batch of inserts whatever their number.

The batch writes what the actions would write (a receipt is the first movement of a stock item, the lots of an item add
up to it, the index is told), so that ten thousand products take minutes and not hours.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import connection
from django.utils import timezone

from catalog.lots.models import HarvestLot, LotStock
from catalog.pricing.models import Price, PriceTier
from catalog.products.models import Category, ChannelListing, Product, ProductImage, Variant
from catalog.stock.models import StockItem, StockMovement, Warehouse
from market.channels.models import Channel
from market.common.languages import LANGUAGES, column
from market.common.outbox.record import Event, record_events
from market.config.season.attributes import said_by
from market.config.season.crops import GRADE_FACTOR, GRADE_WORDS, Crop, Names, Pack, crops
from market.config.season.farms import Farm
from market.config.season.pictures import Pictures
from market.enterprises.models import Enterprise

# Sample export prices: the domestic price at a round rate, plus packing for the sea.
YUAN_PER_DOLLAR = Decimal("7.00")
EXPORT_FACTOR = Decimal("1.08")
LADDER = ((1, Decimal(1)), (10, Decimal("0.96")), (40, Decimal("0.92")))


@dataclass(frozen=True)
class Shelf:
    """What every farm's batch needs, read once."""

    categories: Mapping[str, Category]
    domestic: Channel
    export: Channel
    pictures: Pictures


def named(names: Names, field: str = "name") -> dict[str, str]:
    return {column(field, language): text for language, text in zip(LANGUAGES, names, strict=True)}


def stock_catalogue(farm: Farm, enterprise: Enterprise, shelf: Shelf, *, now: datetime, until: datetime) -> None:
    """Everything the farm sells, put on its shelves at `now` and still good at `until`. The caller opens the
    transaction."""
    chosen = [(crops()[slug], grade) for slug, grade in farm.assortment]
    products = Product.objects.bulk_create(
        [
            # Written one after another in the days before, so that what is newest is of many farms.
            _product(farm, enterprise, crop, grade, shelf, now - timedelta(hours=7 * place, minutes=13 * farm.number))
            for place, (crop, grade) in enumerate(chosen)
        ]
    )
    ProductImage.objects.bulk_create(
        _image(product, shelf.pictures[crop.slug]) for product, (crop, _) in zip(products, chosen, strict=True)
    )
    packed = [
        (product, crop, grade, pack, place, number)
        for number, (product, (crop, grade)) in enumerate(zip(products, chosen, strict=True), start=1)
        for place, pack in enumerate(crop.packings)
    ]
    variants = Variant.objects.bulk_create(
        Variant(
            product=product,
            sku=f"F{farm.number:03}-{number:02}-{pack.net_kg.normalize():f}{pack.unit[-2:]}",
            unit=pack.unit,
            net_kg=pack.net_kg,
            gross_kg=pack.gross_kg,
            position=place,
        )
        for product, _crop, _grade, pack, place, number in packed
    )
    rows = [(variant, row[1], row[2], row[3], row[4]) for variant, row in zip(variants, packed, strict=True)]
    _list_and_price(products, [crop for crop, _ in chosen], rows, shelf, seed=farm.number)
    _store(farm, enterprise, rows, now=now, until=until)
    record_events([Event("product.changed", str(product.pk)) for product in products], now=now)
    _count_anew()


def _count_anew() -> None:
    """PostgreSQL plans by what it counted last, and before a bulk load that was next to nothing."""
    if connection.vendor == "postgresql":
        filled = (Enterprise, Product, ChannelListing, Variant, Price, PriceTier, StockItem, HarvestLot, LotStock)
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {', '.join(model._meta.db_table for model in filled)}")


def _product(farm: Farm, enterprise: Enterprise, crop: Crop, grade: str, shelf: Shelf, now: datetime) -> Product:
    (zh, en, ru), word = crop.names, GRADE_WORDS[grade]
    measure, field = crop.measures[grade], farm.field
    names = (
        f"{farm.brand[0]}{zh} {word[0]}",
        f"{en}, {farm.brand[1]}, {word[1]}",
        f"{ru} «{farm.brand[2]}», {word[2]}",
    )
    texts = (
        f"{crop.texts[0]}{measure[0]}。{field[0]}",
        f"{crop.texts[1]} Grade: {measure[1]}. {field[1]}",
        f"{crop.texts[2]} Сорт: {measure[2]}. {field[2]}",
    )
    return Product(
        enterprise=enterprise,
        category=shelf.categories[crop.category],
        state=Product.State.PUBLISHED,
        origin_unit=enterprise.unit,
        hs_code=crop.hs,
        grade=grade,
        season_months=sorted(crop.months),
        attributes=said_by(crop, grade),
        created_at=now,
        updated_at=now,
        published_at=now,
        **named(names),
        **named(texts, "description"),
    )


def _image(product: Product, picture: tuple[str, dict[str, str]]) -> ProductImage:
    # Width and height are given by hand: assigning them through the field would open the file for every row.
    image = ProductImage(product=product, thumbnails=picture[1], width=800, height=600)
    image.__dict__["file"] = picture[0]
    return image


Row = tuple[Variant, Crop, str, Pack, int]


def _list_and_price(products: list[Product], chosen: list[Crop], rows: list[Row], shelf: Shelf, *, seed: int) -> None:
    """Everything is sold at home; dry and canned goods are offered abroad too, where a destination has to be open."""
    listings = [ChannelListing(product=product, channel=shelf.domestic) for product in products]
    listings += [
        ChannelListing(product=product, channel=shelf.export)
        for product, crop in zip(products, chosen, strict=True)
        if crop.is_export
    ]
    ChannelListing.objects.bulk_create(listings)
    chance = random.Random(f"prices of {seed}")  # noqa: S311 - sample prices, the same every time
    level = {row[0].product_id: Decimal(chance.randint(94, 112)) / 100 for row in rows}
    wanted = [(row, shelf.domestic) for row in rows] + [(row, shelf.export) for row in rows if row[1].is_export]
    prices = Price.objects.bulk_create(
        Price(variant=row[0], channel=channel, moq=row[3].moq, multiple=row[3].multiple) for row, channel in wanted
    )
    PriceTier.objects.bulk_create(
        PriceTier(price=price, min_quantity=Decimal(step) * price.moq, amount=round(amount * share, 2))
        for price, ((variant, crop, grade, _pack, place), channel) in zip(prices, wanted, strict=True)
        for amount in [_per_kg(crop, grade, place, channel, level[variant.product_id])]
        for step, share in LADDER
    )


def _per_kg(crop: Crop, grade: str, place: int, channel: Channel, level: Decimal) -> Decimal:
    """Bigger packings cost a little less a kilogram."""
    yuan = crop.yuan_per_kg * GRADE_FACTOR[grade] * level * (1 - Decimal("0.03") * place)
    return yuan * EXPORT_FACTOR / YUAN_PER_DOLLAR if channel.is_export else yuan


def _store(farm: Farm, enterprise: Enterprise, rows: list[Row], *, now: datetime, until: datetime) -> None:
    """One warehouse; a lot for each of the last two harvests that still keeps. What has gone over is sold out."""
    chance = random.Random(f"stock of {farm.number}")  # noqa: S311 - sample stock, the same every time
    place = enterprise.unit.name_zh
    warehouse = Warehouse.objects.create(enterprise=enterprise, code="W1", name=f"{farm.brand[0]}一号库", place=place)
    days = timezone.localdate(now), timezone.localdate(until)
    lots: dict[tuple[int, date], HarvestLot] = {}
    parts: list[tuple[int, tuple[int, date], Decimal]] = []
    for place_in, (variant, crop, _grade, pack, _place) in enumerate(rows):
        for share, (first, last) in zip((1, 2), harvests(crop, *days), strict=False):
            key = (variant.product_id, first)
            if key not in lots:
                lots[key] = _lot(enterprise, variant.product, crop, first, last, len(lots) + 1, now)
            parts.append((place_in, key, pack.moq * chance.randint(30, 160) / share))
    parts = [(row, key, amount.quantize(Decimal(1))) for row, key, amount in parts]
    HarvestLot.objects.bulk_create(lots.values())
    sums = {row: sum((a for r, _key, a in parts if r == row), Decimal(0)) for row in range(len(rows))}
    items = StockItem.objects.bulk_create(
        StockItem(variant=row[0], warehouse=warehouse, on_hand=sums[place_in]) for place_in, row in enumerate(rows)
    )
    LotStock.objects.bulk_create(
        LotStock(lot=lots[key], stock_item=items[row], on_hand=amount) for row, key, amount in parts
    )
    StockMovement.objects.bulk_create(
        StockMovement(
            stock_item=items[row],
            kind=StockMovement.Kind.RECEIPT,
            quantity=amount,
            lot_number=lots[key].number,
            at=now,
        )
        for row, key, amount in parts
    )


def _lot(
    enterprise: Enterprise, product: Product, crop: Crop, first: date, last: date, number: int, now: datetime
) -> HarvestLot:
    return HarvestLot(
        enterprise=enterprise,
        product=product,
        number=f"L{first:%y%m}-{number:03}",
        origin_unit=enterprise.unit,
        harvested_from=first,
        harvested_to=last,
        best_before=last + timedelta(days=crop.keeps_days),
        grade=product.grade,
        created_at=now,
    )


def harvests(crop: Crop, over_by: date, keeps_until: date) -> list[tuple[date, date]]:
    """First and last day of the last two harvests that were over by then and still keep, newest first."""
    months = crop.months or tuple(range(1, 13))
    windows = [
        (date(year, month, 4), date(year, month, 16)) for year in (over_by.year, over_by.year - 1) for month in months
    ]
    over = [
        (first, last)
        for first, last in windows
        if last < over_by and keeps_until <= last + timedelta(days=crop.keeps_days)
    ]
    return sorted(over, reverse=True)[:2]
