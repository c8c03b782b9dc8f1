"""Build the sample season: units, people, enterprises, products. Deterministic; a second run adds nothing."""

import random
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from stdnum.cn import uscc

from catalog.lots.models import HarvestLot, LotStock
from catalog.pricing.models import Price, PriceTier
from catalog.products.models import Category, ChannelListing, Product, ProductImage, Variant
from catalog.stock.models import StockItem, StockMovement, Warehouse
from market.accounts.models import Post, User
from market.channels.models import Channel
from market.common.outbox.record import Event, record_events
from market.config.season.crops import CATEGORIES, CROPS, PLACES, Crop
from market.config.season.pictures import store_picture
from market.config.season.signins import BUYER, OFFICER, PASSWORD, SELLER
from market.enterprises.models import Enterprise, Member
from market.regions.models import OrgUnit

PRODUCTS_EACH = 15
ENTERPRISES = 20
Pictures = dict[str, tuple[str, dict[str, str]]]


def build_season(*, scale: int, now: datetime) -> int:
    """Returns how many enterprises were added. One transaction and one batch per enterprise keep memory flat."""
    regiments = _units()
    categories = _categories()
    seller = _people(regiments[0])
    channel = Channel.objects.get(code="domestic")
    pictures = {crop.slug: store_picture(crop) for crop in CROPS}
    added = 0
    for index in range(ENTERPRISES * scale):
        with transaction.atomic():
            if Enterprise.objects.filter(number=f"S{index + 1:05}").exists():
                continue
            enterprise = _enterprise(index, regiments[index % len(regiments)], now)
            if index == 0:
                Member.objects.create(enterprise=enterprise, user=seller, role=Member.Role.OWNER)
            _products(enterprise, index, categories, channel, pictures, now)
            added += 1
    return added


def _units() -> list[OrgUnit]:
    corps = _unit("S", None, OrgUnit.Level.CORPS, ("样例兵团", "Sample Corps", "Образцовый корпус"))
    division = _unit("S1", corps, OrgUnit.Level.DIVISION, ("样例一师", "Sample Division", "Образцовая дивизия"))
    names = (
        ("样例红柳团", "Sample Tamarisk Regiment", "Образцовый полк Тамариск"),
        ("样例胡杨团", "Sample Poplar Regiment", "Образцовый полк Тополь"),
        ("样例沙枣团", "Sample Oleaster Regiment", "Образцовый полк Лох"),
    )
    return [_unit(f"S10{place}", division, OrgUnit.Level.REGIMENT, name) for place, name in enumerate(names, start=1)]


def _unit(code: str, parent: OrgUnit | None, level: str, names: tuple[str, str, str]) -> OrgUnit:
    path = f"{parent.path if parent else '/'}{code}/"
    fields = {"level": level, "parent": parent, "path": path} | _named(names)
    return OrgUnit.objects.get_or_create(code=code, defaults=fields)[0]


def _named(names: tuple[str, str, str]) -> dict[str, str]:
    return dict(zip(("name_zh", "name_en", "name_ru"), names, strict=True))


def _categories() -> dict[str, Category]:
    root, _ = Category.objects.get_or_create(
        slug="fruit", defaults={"path": "/fruit/"} | _named(("瓜果", "Fruit and nuts", "Фрукты и орехи"))
    )
    found = {}
    for position, (slug, *names) in enumerate(CATEGORIES):
        fields = {"parent": root, "path": f"/fruit/{slug}/", "position": position}
        named = _named((names[0], names[1], names[2]))
        found[slug] = Category.objects.get_or_create(slug=slug, defaults=fields | named)[0]
    return found


def _people(regiment: OrgUnit) -> User:
    """The three sign-ins; returns the seller."""
    people = {}
    for sign_in, name in ((SELLER, "样例卖家"), (BUYER, "样例买家"), (OFFICER, "样例审核员")):
        user = User.objects.filter(email=sign_in.email).first()
        people[sign_in.part] = user or User.objects.create_user(sign_in.email, PASSWORD, full_name=name)
    for role in (Post.Role.REVIEWER, Post.Role.COMPLIANCE, Post.Role.FINANCE):
        Post.objects.get_or_create(user=people["officer"], unit=regiment.parent or regiment, role=role)
    return people["seller"]


def _enterprise(index: int, regiment: OrgUnit, now: datetime) -> Enterprise:
    body = f"91659000{index + 1:09}"
    names = (f"样例农社{index + 1}号", f"Sample Farm No. {index + 1}", f"Образцовое хозяйство № {index + 1}")
    return Enterprise.objects.create(
        number=f"S{index + 1:05}",
        credit_code=body + uscc.calc_check_digit(body),
        unit=regiment,
        state=Enterprise.State.APPROVED,
        created_at=now,
        submitted_at=now,
        decided_at=now,
        **_named(names),
    )


def _products(
    enterprise: Enterprise,
    index: int,
    categories: dict[str, Category],
    channel: Channel,
    pictures: Pictures,
    now: datetime,
) -> None:
    chosen = [CROPS[(index + number) % len(CROPS)] for number in range(PRODUCTS_EACH)]
    products = Product.objects.bulk_create(
        [
            _product(enterprise, crop, PLACES[n // len(CROPS)], categories[crop.category], now)
            for n, crop in enumerate(chosen)
        ]
    )
    variants = Variant.objects.bulk_create(
        Variant(product=product, sku=f"{enterprise.number}-{n:02}-5KG", net_kg=Decimal(5), gross_kg=Decimal("5.4"))
        for n, product in enumerate(products)
    )
    ChannelListing.objects.bulk_create(ChannelListing(product=product, channel=channel) for product in products)
    ProductImage.objects.bulk_create(_image(p, pictures[crop.slug]) for p, crop in zip(products, chosen, strict=True))
    _prices(variants, chosen, channel, seed=index)
    _stock(enterprise, products, variants, seed=index, now=now)
    record_events([Event("product.changed", str(product.pk)) for product in products], now=now)


def _product(
    enterprise: Enterprise, crop: Crop, place: tuple[str, str, str], category: Category, now: datetime
) -> Product:
    return Product(
        enterprise=enterprise,
        category=category,
        state=Product.State.PUBLISHED,
        name_zh=f"{place[0]}{crop.zh}",
        name_en=f"{crop.en}, {place[1]}",
        name_ru=f"{crop.ru}, {place[2]}",
        description_zh=f"样例数据：{crop.zh}，每箱净重 5 千克，采收月份 {'、'.join(map(str, crop.months))} 月。",
        description_en=f"Sample data: {crop.en}, 5 kg net a box, harvest months {', '.join(map(str, crop.months))}.",
        description_ru=f"Образец: {crop.ru}, 5 кг нетто в коробке, месяцы сбора: {', '.join(map(str, crop.months))}.",
        origin_unit=enterprise.unit,
        hs_code=crop.hs_code,
        grade=Product.Grade.FIRST,
        season_months=list(crop.months),
        created_at=now,
        updated_at=now,
        published_at=now,
    )


def _image(product: Product, picture: tuple[str, dict[str, str]]) -> ProductImage:
    # Width and height are given by hand: assigning them through the field would open the file for every row.
    image = ProductImage(product=product, thumbnails=picture[1], width=960, height=720)
    image.__dict__["file"] = picture[0]
    return image


def _prices(variants: list[Variant], crops: list[Crop], channel: Channel, *, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - sample prices, the same every time
    prices = Price.objects.bulk_create(Price(variant=variant, channel=channel) for variant in variants)
    tiers = []
    for price, crop in zip(prices, crops, strict=True):
        amount = crop.yuan_per_kg * chance.randint(95, 110) / 100
        tiers += [
            PriceTier(price=price, min_quantity=Decimal(1), amount=round(amount, 2)),
            PriceTier(price=price, min_quantity=Decimal(50), amount=round(amount * Decimal("0.93"), 2)),
        ]
    PriceTier.objects.bulk_create(tiers)


def _stock(
    enterprise: Enterprise, products: list[Product], variants: list[Variant], *, seed: int, now: datetime
) -> None:
    """One warehouse; one lot a product, whose receipt is the first movement of its stock item."""
    chance = random.Random(seed + 1_000_000)  # noqa: S311 - sample stock, the same every time
    warehouse = Warehouse.objects.create(enterprise=enterprise, code="W1", name="样例一号冷库")
    amounts = [Decimal(chance.randint(40, 900)) for _ in variants]
    items = StockItem.objects.bulk_create(
        StockItem(variant=v, warehouse=warehouse, on_hand=amount) for v, amount in zip(variants, amounts, strict=True)
    )
    lots = HarvestLot.objects.bulk_create(
        HarvestLot(
            enterprise=enterprise,
            product=product,
            number=f"L{enterprise.number}-{n:02}",
            origin_unit=enterprise.unit,
            harvested_from=date(now.year, 1, 1).replace(month=product.season_months[0]),
            harvested_to=date(now.year, 1, 20).replace(month=product.season_months[0]),
            grade=product.grade,
            created_at=now,
        )
        for n, product in enumerate(products)
    )
    rows = list(zip(lots, items, amounts, strict=True))
    LotStock.objects.bulk_create(LotStock(lot=lot, stock_item=item, on_hand=amount) for lot, item, amount in rows)
    StockMovement.objects.bulk_create(
        StockMovement(stock_item=i, kind=StockMovement.Kind.RECEIPT, quantity=amount, lot_number=lot.number, at=now)
        for lot, i, amount in rows
    )
