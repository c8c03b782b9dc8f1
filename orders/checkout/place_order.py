"""Turn a cart into a purchase: one seller order per enterprise, stock reserved, commission frozen, a deadline to pay.

The number of statements does not depend on the number of lines or sellers (docs/performance.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from operator import attrgetter

from django.db import IntegrityError, transaction
from django.db.models import DateTimeField, UUIDField
from django.utils import timezone
from django.utils.crypto import salted_hmac

from catalog.stock.actions.reserve_stock import Wish, reserve_stock
from market.accounts.models import User
from market.common.deadlines.models import Deadline
from market.common.ids import digest, new_number
from market.common.languages import active_language, clauses
from market.common.money import format_amount
from market.common.outbox.record import Event, event_rows
from market.common.prepared import Param, PreparedUpdate
from market.common.quantity import plain
from market.common.together import insert_together
from market.compliance.actions.decide_trade import Judgement, decisions_about, judge_trades
from market.compliance.models import ComplianceDecision
from orders.cart.checked import CheckedLine, checked_lines
from orders.cart.errors import CartIsOrdered
from orders.cart.models import Cart
from orders.cart.trade import Journey, NotAllowedByRules, decisions_by_variant, questions_of, rules_with
from orders.checkout.errors import ExportIsEnquiry, IdempotencyConflict, OrderedOtherwise, StalePrice
from orders.ledger.commission import frozen_commission
from orders.orders.models import OrderEvent, OrderLine, Purchase, SellerOrder

PAYMENT_WINDOW = timedelta(minutes=30)

_claim_cart = PreparedUpdate(
    lambda: Cart.objects.filter(pk=Param("key", UUIDField()), state=Cart.State.OPEN),
    lambda: {"state": Cart.State.ORDERED, "updated_at": Param("now", DateTimeField())},
)


@dataclass(frozen=True)
class Buyer:
    """`user` None: a guest, who sees the purchase with the access token only."""

    name: str
    email: str = ""
    user: User | None = None
    language: str = "zh-hans"
    reference: str = ""


@dataclass(frozen=True)
class Address:
    """A domestic address; `phone` in E.164."""

    recipient: str
    phone: str
    province: str
    city: str
    street: str
    district: str = ""
    postcode: str = ""


@dataclass(frozen=True)
class Placed:
    """`was_repeated`: the same key came again and this is the purchase it had made."""

    purchase: Purchase
    seller_orders: tuple[SellerOrder, ...]
    was_repeated: bool


def access_token(cart: Cart) -> str:
    """The guest's key to the purchase: derived, so that a repeated call gives the same and nothing need be stored."""
    return str(salted_hmac("orders.purchase-access", str(cart.pk)).hexdigest())


def place_order(cart: Cart, *, buyer: Buyer, address: Address, idempotency_key: str, now: datetime) -> Placed:
    """Effects in order: claim the cart, price it, ask the trade rules about every line, reserve stock, write the
    decisions, purchase, seller orders, lines, frozen commission, events, payment deadline and outbox event; all or
    nothing.

    Raises CartEmpty, NotForSale, BelowMinimum, StalePrice, OutOfStock, ExportIsEnquiry, TradeRefused; the cart stays as
    it was. Only a refusal by the trade rules leaves something: its decisions, of the subject `cart`, stored after the
    rest is undone. The same key again with the same buyer and address returns the same purchase; another key, or the
    same with other details, raises IdempotencyConflict. A cart that was closed otherwise raises CartIsOrdered.
    """
    if cart.channel.is_export:
        raise ExportIsEnquiry()
    try:
        with transaction.atomic():
            if not _claim_cart(key=cart.pk, now=now):
                return _repeated(cart, buyer, address, idempotency_key)
            return _write(cart, buyer, address, idempotency_key, now)
    except IntegrityError:
        return _repeated(cart, buyer, address, idempotency_key)
    except NotAllowedByRules as refusal:
        stopped = [judgement for judgement in refusal.judgements if not judgement.is_allowed]
        raise refusal.keep_refusal(cart, stopped) from None


def _repeated(cart: Cart, buyer: Buyer, address: Address, idempotency_key: str) -> Placed:
    purchase = Purchase.objects.filter(cart_id=cart.pk).first()
    if purchase is None:
        raise CartIsOrdered(purchase_number="")
    if purchase.idempotency_key != idempotency_key:
        raise IdempotencyConflict(purchase_number=purchase.number)
    if _columns(buyer, address) != {name: getattr(purchase, name) for name in _columns(buyer, address)}:
        raise OrderedOtherwise(purchase_number=purchase.number)
    return Placed(purchase, tuple(purchase.seller_orders.order_by("number")), was_repeated=True)


def _columns(buyer: Buyer, address: Address) -> dict[str, str]:
    """What the purchase keeps of who buys and where it goes."""
    who = {"buyer_name": buyer.name, "buyer_email": buyer.email, "buyer_reference": buyer.reference}
    return who | asdict(address)


def _write(cart: Cart, buyer: Buyer, address: Address, idempotency_key: str, now: datetime) -> Placed:
    currency = cart.channel.currency
    lines = checked_lines(cart, today=timezone.localdate(now))
    _refuse_stale(lines, currency)
    judgements = _judge(lines, currency, now)
    decisions = decisions_by_variant(judgements)
    goods_total = sum((line.total for line in lines), Decimal(0))
    purchase = Purchase(
        number=new_number("P", now),
        buyer=buyer.user,
        **_columns(buyer, address),
        channel=cart.channel,
        currency=currency,
        language=buyer.language,
        cart_id=cart.pk,
        idempotency_key=idempotency_key,
        access_digest=digest(access_token(cart)),
        goods_total=goods_total,
        total=goods_total,
        placed_at=now,
        pay_by=now + PAYMENT_WINDOW,
    )
    orders: list[SellerOrder] = []
    order_lines: list[OrderLine] = []
    for _seller, group in groupby(lines, key=attrgetter("enterprise_id")):
        order, its_lines = _seller_order(purchase, len(orders) + 1, list(group), decisions)
        orders.append(order)
        order_lines += its_lines
    reservations = reserve_stock(
        [
            Wish(line.variant_id, line.quantity, line.seller_order.number, line.position)
            for line in sorted(order_lines, key=attrgetter("variant_id"))
        ],
        now=now,
    )
    insert_together(
        decisions_about(judgements, subject_kind="purchase", subject_id=purchase.number),
        [purchase],
        orders,
        order_lines,
        reservations,
        frozen_commission(
            [
                (ordered, line.commission_rate, line.commission_tax_rate)
                for ordered, line in zip(order_lines, lines, strict=True)
            ],
            currency,
        ),
        [_placed(order, buyer.user) for order in orders],
        [Deadline(kind="order.payment", subject=purchase.number, due_at=purchase.pay_by)],
        event_rows([Event("purchase.placed", purchase.number)], now=now),
    )
    return Placed(purchase, tuple(orders), was_repeated=False)


def _placed(order: SellerOrder, by: User | None) -> OrderEvent:
    return OrderEvent(seller_order=order, to_state=order.state, by=by, reason="placed", at=order.placed_at)


def _seller_order(
    purchase: Purchase, index: int, lines: Sequence[CheckedLine], decisions: Mapping[int, ComplianceDecision]
) -> tuple[SellerOrder, list[OrderLine]]:
    total = sum((line.total for line in lines), Decimal(0))
    order = SellerOrder(
        purchase=purchase,
        number=f"{purchase.number}-{index}",
        enterprise_id=lines[0].enterprise_id,
        goods_total=total,
        total=total,
        state_changed_at=purchase.placed_at,
        placed_at=purchase.placed_at,
    )
    return order, [
        OrderLine(
            seller_order=order,
            position=position,
            price_basis=line.price_basis,
            total=line.total,
            origin_place_zh=line.origin_place_zh,
            decision=decisions[line.variant_id],
            **line.as_ordered(),
        )
        for position, line in enumerate(lines, start=1)
    ]


def _judge(lines: Sequence[CheckedLine], currency: str, now: datetime) -> list[Judgement]:
    """At home there is no enquiry to fall back on: what is not plainly allowed is refused."""
    judgements = judge_trades(
        questions_of(lines, Journey.at_home(currency, now), now=now), stage="checkout", now=now, live=rules_with(lines)
    )
    if not all(judgement.is_allowed for judgement in judgements):
        raise NotAllowedByRules(judgements, lines)
    return judgements


def _refuse_stale(lines: Sequence[CheckedLine], currency: str) -> None:
    stale = [line for line in lines if line.is_stale]
    if stale:
        raise _stale_price(stale, currency)


def _stale_price(lines: Sequence[CheckedLine], currency: str) -> StalePrice:
    details = []
    words = []
    language = active_language()
    for line in lines:
        seen, current = line.price_seen, line.unit_price
        details.append({"variant": line.variant_id, "sku": line.sku, "seen": plain(seen), "now": plain(current)})
        then, today = (format_amount(amount, currency, language) for amount in (seen, current))
        words.append(f"{line.sku} {then} → {today}")
    return StalePrice(summary=clauses(words), lines=details)
