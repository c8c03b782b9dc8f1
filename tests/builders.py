"""Plain typed builders of rows for tests. Each call makes something new; names say nothing about the real world."""

from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from typing import TypeVar

from django.db import transaction
from django.db.models import Model

from catalog.lots.models import HarvestLot, LotStock
from catalog.pricing.actions.set_price import check_price, set_price
from catalog.pricing.models import Price, PriceTier
from catalog.products.actions.publish_product import publish_product
from catalog.products.actions.write_product import Packing, ProductTexts, check_packing, check_texts
from catalog.products.models import Category, ChannelListing, Product, Variant
from catalog.stock.models import StockItem, StockMovement, Warehouse
from market.accounts.models import Post, User
from market.channels.models import Channel
from market.common.bulk import insert_rows
from market.common.outbox.record import Event, record_events
from market.compliance.actions.set_destination import set_destination
from market.compliance.models import OwnershipFinding, RuleSet, TradeRule
from market.enterprises.models import Enterprise, Member
from market.regions.models import OrgUnit
from orders.cart.actions.change_cart import create_cart, put_line
from orders.cart.models import Cart
from orders.checkout.place_order import Address, Buyer, Placed, place_order
from orders.quotes.actions.make_enquiry import Wish, make_enquiry
from orders.quotes.models import Enquiry

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
BUYER = Buyer(name="李买家", email="buyer@example.org")
ADDRESS = Address(recipient="李买家", phone="+8613800138000", province="四川省", city="成都市", street="示范路 1 号")
_number = count(1)
Row = TypeVar("Row", bound=Model)


def _added(row: Row) -> Row:
    insert_rows([row])
    return row


def make_user(email: str = "", **fields: object) -> User:
    user = User(email=email or f"user{next(_number)}@example.org", **fields)
    user.set_unusable_password()
    user.save()
    return user


def make_regiment(code: str = "") -> OrgUnit:
    """A regiment in a division of its own, below the one corps."""
    corps, _ = OrgUnit.objects.get_or_create(code="XP", level="corps", path="/XP/", defaults={"name_zh": "示范兵团"})
    number = code or f"{next(_number):04d}"
    path = f"/XP/D{number}/"
    division = _added(
        OrgUnit(code=f"D{number}", level="division", path=path, parent=corps, name_zh=f"示范第{number}师")
    )
    return _added(
        OrgUnit(
            code=f"R{number}", level="regiment", path=f"{path}R{number}/", parent=division, name_zh=f"示范{number}团"
        )
    )


def make_officer(unit: OrgUnit, role: str = "reviewer") -> User:
    user = make_user()
    Post.objects.create(user=user, unit=unit, role=role, valid_from=datetime(2026, 1, 1, tzinfo=UTC))
    return user


def make_enterprise(state: str = "approved", unit: OrgUnit | None = None) -> Enterprise:
    number = next(_number)
    return _added(
        Enterprise(
            number=f"E{number:06d}",
            credit_code=f"TEST{number:014d}",
            unit=unit or make_regiment(),
            state=state,
            name_zh=f"示范{number}号农业公司",
            name_en=f"Example Farm Company {number}",
            name_ru=f"Пример хозяйства {number}",
            created_at=NOW,
        )
    )


def make_member(enterprise: Enterprise, role: str = "owner") -> User:
    user = make_user()
    Member.objects.create(enterprise=enterprise, user=user, role=role)
    return user


CATEGORIES = {"jujube": ("红枣", "Jujubes", "Финики китайские"), "walnut": ("核桃", "Walnuts", "Орехи")}


def make_category(slug: str = "jujube") -> Category:
    zh, en, ru = CATEGORIES[slug]
    category, _ = Category.objects.get_or_create(
        slug=slug, defaults={"path": f"/{slug}/", "name_zh": zh, "name_en": en, "name_ru": ru}
    )
    return category


def make_variant(
    *,
    on_hand: int | Decimal = 10,
    price: str = "30.00",
    enterprise: Enterprise | None = None,
    net_kg: str = "5",
    moq: int = 1,
    multiple: int = 1,
    tiers: list[tuple[Decimal, Decimal]] | None = None,
    name_zh: str = "若羌灰枣",
    name_en: str = "Ruoqiang grey jujubes",
    name_ru: str = "Финики китайские серые",
    category: Category | None = None,
    hs_code: str = "081340",
) -> Variant:
    """A published product of one packing, with a price per kg in the domestic channel and one harvest lot. The rows are
    those that the actions write (`test_builders.py` compares them), written in a third of the statements."""
    enterprise = enterprise or make_enterprise()
    assert enterprise.is_selling
    channel, number = domestic(), next(_number)
    packing = Packing(f"SKU-{number}", "XBX", Decimal(net_kg), Decimal(net_kg) + Decimal("0.4"))
    ladder = tiers or [(Decimal(1), Decimal(price))]
    texts = ProductTexts(name_zh=name_zh, name_en=name_en, name_ru=name_ru, season_months=[10, 11], hs_code=hs_code)
    check_texts(texts)
    check_packing(packing)
    check_price(
        "per_kg", ladder, moq=Decimal(moq), multiple=Decimal(multiple), net_kg=packing.net_kg, currency=channel.currency
    )
    with transaction.atomic():
        product = _added(
            Product(
                enterprise=enterprise,
                category=category or make_category(),
                origin_unit=enterprise.unit,
                state=Product.State.PUBLISHED,
                created_at=NOW,
                updated_at=NOW,
                published_at=NOW,
                **asdict(texts),
            )
        )
        variant = _added(Variant(product=product, **asdict(packing)))
        stated = _added(
            Price(variant=variant, channel=channel, basis="per_kg", moq=Decimal(moq), multiple=Decimal(multiple))
        )
        insert_rows([PriceTier(price=stated, min_quantity=least, amount=amount) for least, amount in ladder])
        lots = [_add_harvest(variant, f"L{number}", Decimal(on_hand))] if on_hand else []
        _added(ChannelListing(product=product, channel=channel))
        before, stocked, after = (
            [Event("product.changed", str(product.pk), {"reason": one}) for one in reasons]
            for reasons in (["created", "packing", "price"], ["stock"] * len(lots), ["published"])
        )
        opened = [Event("lot.opened", str(lot.pk)) for lot in lots]
        record_events([*before, *opened, *stocked, *after], now=NOW)
    return variant


def _add_harvest(variant: Variant, number: str, quantity: Decimal) -> HarvestLot:
    product = variant.product
    lot = HarvestLot(
        enterprise=product.enterprise,
        product=product,
        number=number,
        origin_unit=product.origin_unit,
        harvested_from=date(2026, 10, 1),
        harvested_to=date(2026, 10, 12),
        created_at=NOW,
    )
    item = _added(StockItem(variant=variant, warehouse=make_warehouse(product.enterprise), on_hand=quantity))
    _added(StockMovement(stock_item=item, kind="receipt", quantity=quantity, lot_number=number, at=NOW))
    _added(LotStock(lot=_added(lot), stock_item=item, on_hand=quantity))
    return lot


def make_rules(*rules: dict[str, object]) -> RuleSet:
    """A published rule set that replaces the seed: its rules and the given ones (each with `code`, `match`)."""
    number = next(_number)
    seed = RuleSet.objects.get(version="seed-1")
    rule_set = RuleSet.objects.create(version=f"test-{number}", hash=f"{number:064x}")
    for row in seed.rules.all():
        row.pk, row.rule_set = None, rule_set
        row.save()
    for rule in rules:
        TradeRule.objects.create(
            **{
                "rule_set": rule_set,
                "jurisdiction": "CN",
                "title": "Example",
                "citation": "Example Act",
                "effective_from": date(2026, 1, 1),
                "date_basis": "decision_date",
                "effect": "block",
                "override": "none",
                "stages": ["checkout", "release"],
                "reason_zh": "示例",
                "reason_en": "Example",
                "confidence": "test",
                **rule,
            }
        )
    rule_set.published_at = NOW + timedelta(seconds=number)
    rule_set.save()
    return rule_set


def make_product(**wishes: object) -> Product:
    return make_variant(**wishes).product  # type: ignore[arg-type]


def make_warehouse(enterprise: Enterprise) -> Warehouse:
    warehouse, _ = Warehouse.objects.get_or_create(enterprise=enterprise, code="W1", defaults={"name": "一号仓库"})
    return warehouse


def domestic() -> Channel:
    return Channel.objects.get(code="domestic")


def export() -> Channel:
    return Channel.objects.get(code="export")


def offer_for_export(variant: Variant, *, price: str = "5.00", moq: int = 1) -> Variant:
    """A price per kg in the export channel, listed there too."""
    tiers = [(Decimal(1), Decimal(price))]
    set_price(variant, export(), basis="per_kg", tiers=tiers, moq=Decimal(moq), now=NOW)
    publish_product(variant.product, [domestic(), export()], now=NOW)
    return variant


def open_country(country: str, *hs_prefixes: str) -> None:
    officer = make_officer(make_regiment(), "compliance")
    set_destination(country, "open", reason="first market", by=officer, now=NOW, hs_prefixes=hs_prefixes)


def know_owners(enterprise: Enterprise, result: str = "INDEPENDENT") -> None:
    """A compliance officer's finding that does not run out: pages ask the clock, whatever year it is."""
    OwnershipFinding.objects.create(
        enterprise=enterprise,
        result=result,
        evidence="register extract",
        valid_until=date.max,
        found_by=make_officer(enterprise.unit, "compliance"),
        found_at=NOW,
    )


def make_export_cart(*wishes: tuple[Variant, int], user: User | None = None) -> Cart:
    cart, _token = create_cart(export(), user=user, now=NOW)
    for variant, quantity in wishes:
        put_line(cart, variant.pk, Decimal(quantity), now=NOW)
    return cart


def make_enquiry_of(*variants: Variant, user: User | None = None) -> Enquiry:
    """An enquiry of one unit each, to a country that was opened, from sellers whose owners are known."""
    open_country("KZ")
    for variant in variants:
        offer_for_export(variant)
        know_owners(variant.product.enterprise)
    wish = Wish("Almaty Fruit LLP", "A. Buyer", "a.buyer@example.org", "KZ", "KZ", "DAP", "Khorgos")
    cart = make_export_cart(*((variant, 1) for variant in variants), user=user)
    return make_enquiry(cart, wish, buyer=user, language="en", now=NOW).enquiry


def make_cart(*wishes: tuple[Variant, int], user: User | None = None) -> Cart:
    cart, _token = create_cart(domestic(), user=user, now=NOW)
    for variant, quantity in wishes:
        put_line(cart, variant.pk, Decimal(quantity), now=NOW)
    return cart


def make_placed(*wishes: tuple[Variant, int], user: User | None = None) -> Placed:
    return place_order(
        make_cart(*wishes, user=user),
        buyer=Buyer(name="李买家", email="buyer@example.org", user=user),
        address=ADDRESS,
        idempotency_key="key",
        now=NOW,
    )


def stock_of(variant: Variant) -> tuple[Decimal, Decimal]:
    """(on hand, reserved) over all warehouses."""
    items = list(StockItem.objects.filter(variant=variant))
    return sum((i.on_hand for i in items), Decimal(0)), sum((i.reserved for i in items), Decimal(0))
