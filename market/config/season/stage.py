"""What the stories share: who is there, what lies in stock, and the few things people do again and again."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from catalog.pricing.models import Price
from market.accounts.models import User
from market.channels.models import Channel
from market.compliance.errors import TradeRefused
from market.config.season.carriers import CARRIER, Partner
from market.config.season.people import People
from market.config.season.timeline import days_before
from market.enterprises.models import Enterprise
from orders.actions.confirm_transfer import StatementRow, confirm_transfer
from orders.actions.settle_payment import settle_payment
from orders.actions.ship_order import PackedLine, ship_order
from orders.cart.actions.change_cart import create_cart, put_line
from orders.checkout.place_order import Address, Buyer, place_order
from orders.orders.models import Purchase, SellerOrder
from orders.payments.actions.start_payment import start_payment
from orders.payments.gateways.sandbox import press
from orders.payments.models import BankStatementRow, Payment
from orders.quotes.actions.make_enquiry import Wish as AbroadWish
from orders.quotes.actions.make_enquiry import make_enquiry
from orders.shipments.models import Shipment
from orders.shipments.temperature import Limits

# Farm number, crop, which packing, how many times the minimum order.
Wish = tuple[int, str, int, int]
ADDRESSES = {
    "buyer": ("样例买家", "四川省", "成都市", "样例区", "示范大道 18 号"),
    "canteen": ("样例大学食堂", "陕西省", "西安市", "样例区", "学府路 1 号后勤楼"),
    "trader": ("样例干果批发部", "广东省", "广州市", "样例区", "江南果品城 C 区 12 档"),
    "bakery": ("样例面包坊", "浙江省", "杭州市", "样例区", "运河街 77 号"),
    "household": ("样例家庭", "湖北省", "武汉市", "样例区", "东湖路 5 号 3 单元"),
}


@dataclass
class Stage:
    now: datetime
    people: People
    partners: dict[str, Partner]
    farms: dict[int, Enterprise] = field(default_factory=dict)

    def day(self, days: int, clock: str) -> datetime:
        return days_before(self.now, days, clock)

    def owner(self, farm: int) -> User:
        return self.farms[farm].members.get().user


def order(stage: Stage, key: str, buyer: str, wishes: Sequence[Wish], at: datetime) -> Purchase:
    channel = Channel.objects.get(code="domestic")
    user = stage.people[buyer]
    cart, _token = create_cart(channel, user=user, now=at)
    for farm, crop, place, times in wishes:
        price = _price(stage.farms[farm], crop, place, channel)
        put_line(cart, price.variant_id, price.moq * times, now=at)
    name, province, city, district, street = ADDRESSES[buyer]
    return place_order(
        cart,
        buyer=Buyer(name=name, email=user.email or "", user=user),
        address=Address(
            recipient=name, phone="+8613800138000", province=province, city=city, district=district, street=street
        ),
        idempotency_key=f"season-{key}",
        now=at,
    ).purchase


def ask_abroad(stage: Stage, wishes: Sequence[Wish], country: str, at: datetime) -> None:
    """An export cart sent as an enquiry to a country no officer has opened: refused, and the decision is kept."""
    channel = Channel.objects.get(code="export")
    cart, _token = create_cart(channel, user=None, now=at)
    for farm, crop, place, times in wishes:
        price = _price(stage.farms[farm], crop, place, channel)
        put_line(cart, price.variant_id, price.moq * times, now=at)
    wish = AbroadWish(
        company="Sample Importers LLP",
        contact="Sample Contact",
        email="import@season.example",
        country=country,
        onward_country=country,
        incoterm="FCA",
        named_place="Sample Dry Port",
    )
    with suppress(TradeRefused):
        make_enquiry(cart, wish, buyer=None, language="ru", now=at)


def _price(enterprise: Enterprise, crop: str, place: int, channel: Channel) -> Price:
    """Of the farm's best grade: products stand in the order of its crops, pictures name the crop."""
    return (
        Price.objects.for_enterprise(enterprise.pk)
        .filter(
            channel=channel, variant__position=place, variant__product__images__file__endswith=f"season-{crop}.webp"
        )
        .order_by("pk")[0]
    )


def pay(purchase: Purchase, at: datetime) -> Payment:
    """By the sandbox, at once."""
    payment = start_payment(purchase, "sandbox", return_url="", now=at)
    press(payment.provider_ref, "succeed")
    return settle_payment(payment, now=at)


def promise_transfer(purchase: Purchase, at: datetime) -> Payment:
    return start_payment(purchase, "bank_transfer", return_url="", now=at)


def credit(stage: Stage, row_id: str, reference: str, payer: str, amount: Decimal, at: datetime) -> BankStatementRow:
    """Money on the platform's account, confirmed by the finance officer."""
    row = StatementRow(f"SAMPLE-{row_id}", reference, payer, amount, "CNY", at.date())
    return confirm_transfer(row, by=stage.people["finance"], now=at)


def orders_of(purchase: Purchase) -> list[SellerOrder]:
    return list(purchase.seller_orders.order_by("number"))


def ship(
    stage: Stage,
    row: SellerOrder,
    waybill: str,
    at: datetime,
    *,
    carrier: str = CARRIER,
    lines: int = 0,
    temperatures: Limits = Limits(),  # noqa: B008 - frozen
) -> Shipment:
    """All that is open, or the first so many lines."""
    packed = [PackedLine(line.pk, line.quantity) for line in row.lines.order_by("position")[:lines]] if lines else []
    by = row.enterprise.members.get().user
    return ship_order(row, packed, carrier=carrier, waybill=waybill, temperatures=temperatures, by=by, now=at)
