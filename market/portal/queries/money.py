"""A seller's money. Whatever the page shows adds up to what the ledger says."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import QuerySet, Sum

from market.enterprises.models import Enterprise
from orders.claims.models import ClaimLine
from orders.claims.queries import refunded_by_line
from orders.ledger.models import CommissionLine, LedgerAccount
from orders.ledger.queries import ENDED, ExpectedPayout, as_of, expected_payouts
from orders.orders.models import SellerOrder
from orders.payments.models import TAKEN_STATES, ReversalLine

S = SellerOrder.State
K = LedgerAccount.Kind
ZERO = Decimal(0)
HELD = (S.AWAITING_SELLER, S.IN_PROGRESS)


@dataclass(frozen=True)
class OrderPayout:
    """`goods + freight - refunded - commission - tax = amount`; all nothing for an order that has ended."""

    order: SellerOrder
    lines: Sequence[ExpectedPayout]
    goods: Decimal
    freight: Decimal
    refunded: Decimal
    commission: Decimal
    commission_tax: Decimal
    amount: Decimal
    has_ended: bool


def payouts_of(orders: Iterable[SellerOrder]) -> list[OrderPayout]:
    """Five statements for any number of orders."""
    orders = list(orders)
    found = expected_payouts(orders, refunded_by_line(order.pk for order in orders))
    return [_payout(order, found.get(order.pk, [])) for order in orders]


def _payout(order: SellerOrder, lines: Sequence[ExpectedPayout]) -> OrderPayout:
    has_ended = order.state in ENDED
    goods = sum((line.total for line in lines), ZERO)
    commission = sum((line.commission for line in lines), ZERO)
    tax = sum((line.commission_tax for line in lines), ZERO)
    # Tax on top of the prices is collected for the seller, as freight is.
    extra = ZERO if has_ended else order.total - goods
    refunded = sum((line.refunded for line in lines), ZERO)
    amount = goods + extra - refunded - commission - tax
    return OrderPayout(order, lines, goods, extra, refunded, commission, tax, amount, has_ended)


@dataclass(frozen=True)
class Balance:
    """`of_orders + other = total` per kind of money; `other` is refunds, payouts and corrections."""

    currency: str
    held: Decimal
    held_of_orders: Decimal
    available: Decimal
    available_of_orders: Decimal

    @property
    def held_other(self) -> Decimal:
        return self.held - self.held_of_orders

    @property
    def debt(self) -> Decimal:
        """What more was given back than was there; the next earnings settle it."""
        return max(ZERO, -self.available)

    @property
    def available_other(self) -> Decimal:
        return self.available - self.available_of_orders


def balances(enterprise: Enterprise, now: datetime) -> list[Balance]:
    """One per currency the seller has sold in; always at least the domestic one."""
    rows = SellerOrder.objects.for_enterprise(enterprise.pk)
    currencies = sorted({"CNY", *rows.values_list("purchase__currency", flat=True).distinct()})
    return [_balance(enterprise, currency, rows.filter(purchase__currency=currency), now) for currency in currencies]


def _balance(enterprise: Enterprise, currency: str, rows: QuerySet[SellerOrder], now: datetime) -> Balance:
    booked, shares = as_of(enterprise.pk, currency, now), _shares(rows)
    return Balance(
        currency,
        booked.get(K.SELLER_HELD, ZERO),
        sum((shares[state] for state in HELD), ZERO),
        booked.get(K.SELLER_AVAILABLE, ZERO),
        shares[S.COMPLETED],
    )


def _shares(orders: QuerySet[SellerOrder]) -> dict[str, Decimal]:
    """By state what the orders in it bring: totals less what claims gave or providers took back, commission and
    the tax on it. Four statements."""
    found: dict[str, Decimal] = defaultdict(Decimal)
    for state, total in orders.order_by().values_list("state").annotate(sum=Sum("total")):
        found[state] += total
    taken = CommissionLine.objects.filter(order_line__seller_order__in=orders.values("pk")).order_by()
    of_state = taken.values_list("order_line__seller_order__state")
    for state, commission, tax in of_state.annotate(commission=Sum("amount"), taxes=Sum("tax")):
        found[state] -= commission + tax
    refunded = ClaimLine.objects.filter(claim__seller_order__in=orders.values("pk"), claim__state="settled").order_by()
    for state, given_back in refunded.values_list("claim__seller_order__state").annotate(sum=Sum("agreed")):
        found[state] -= given_back
    gone = ReversalLine.objects.filter(order_line__seller_order__in=orders.values("pk")).order_by()
    gone = gone.filter(reversal__state__in=TAKEN_STATES)
    for state, amount in gone.values_list("order_line__seller_order__state").annotate(sum=Sum("amount")):
        found[state] -= amount
    return found
