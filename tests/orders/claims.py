"""Orders that arrived, and claims, for tests."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from catalog.products.models import Variant
from market.accounts.models import User
from orders.actions.file_claim import Wish, file_claim
from orders.actions.register_tracking import register_report
from orders.actions.settle_payment import settle_payment
from orders.actions.ship_order import PackedLine, ship_order
from orders.claims.models import Claim
from orders.claims.queries import claimable
from orders.ledger.models import CommissionRule
from orders.orders.models import SellerOrder
from orders.payments.actions.start_payment import start_payment
from orders.payments.gateways.sandbox import press
from orders.shipments.carriers.base import CarrierEvent, Report
from orders.shipments.models import Shipment
from tests.builders import NOW, make_placed, make_variant

ARRIVED = NOW + timedelta(days=2)


def make_paid(*wishes: tuple[Variant, int], user: User | None = None) -> SellerOrder:
    """Five percent commission, six percent tax on it."""
    CommissionRule.objects.get_or_create(rate=Decimal("0.05"), tax_rate=Decimal("0.06"))
    placed = make_placed(*(wishes or [(make_variant(price="5.00", net_kg="5", on_hand=50), 40)]), user=user)
    payment = start_payment(placed.purchase, "sandbox", return_url="", now=NOW)
    press(payment.provider_ref, "succeed")
    settle_payment(payment, now=NOW)
    return SellerOrder.objects.get(pk=placed.seller_orders[0].pk)


def send(order: SellerOrder, waybill: str = "W1", lines: Sequence[PackedLine] = ()) -> Shipment:
    return ship_order(order, lines, carrier="test", waybill=waybill, by=None, now=NOW)


def tell(waybill: str, status: str, *, at: datetime = ARRIVED) -> None:
    event = CarrierEvent(key=f"{waybill}-{status}", occurred_at=at, status=status)
    register_report(Report(waybill, events=[event]), received_at=at, now=at)


def make_delivered(*wishes: tuple[Variant, int], user: User | None = None, waybill: str = "W1") -> SellerOrder:
    """Of 40 boxes at 25.00, unless told otherwise; none is accepted yet."""
    order = make_paid(*wishes, user=user)
    send(order, waybill)
    tell(waybill, "delivered")
    return SellerOrder.objects.select_related("purchase", "enterprise").get(pk=order.pk)


def wish(order: SellerOrder, quantity: str = "4", reason: str = "spoiled", amount: str | None = None) -> Wish:
    one = claimable(order)[0]
    return Wish(one.line.pk, one.lot.pk, Decimal(quantity), reason, None if amount is None else Decimal(amount))


def make_claim(order: SellerOrder, *wishes: Wish, by: User | None = None, now: datetime = ARRIVED) -> Claim:
    return file_claim(order, wishes or [wish(order)], "four boxes are mouldy", by=by, now=now)


def make_claims(variant: Variant, count: int) -> list[Claim]:
    """One unit each, of orders of their own."""
    first = Claim.objects.count()
    orders = [make_delivered((variant, 2), waybill=f"W{first + n}") for n in range(count)]
    return [make_claim(order, wish(order, "1")) for order in orders]
