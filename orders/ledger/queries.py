"""What the ledger says: balances, and what each line of an order will bring its seller."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Sum

from orders.ledger.models import CommissionLine, LedgerAccount, LedgerTransaction, Posting
from orders.orders.models import OrderLine, SellerOrder

ZERO = Decimal(0)
S = SellerOrder.State
ENDED = (S.EXPIRED, S.CANCELLED, S.DECLINED)


@dataclass(frozen=True)
class ExpectedPayout:
    """`amount` = total less what claims gave back (`refunded`), commission and the tax on it, after reversals. `held`
    until the buyer accepts. A line of an order that has ended brings nothing and costs nothing; what it came to stands
    on the line itself."""

    line: OrderLine
    total: Decimal
    refunded: Decimal
    commission: Decimal
    commission_tax: Decimal
    amount: Decimal
    is_paid: bool
    held: bool


def balance(kind: str, currency: str, enterprise_id: int | None = None) -> Decimal:
    """Debit positive: a seller's money stands on the credit side, negative here."""
    accounts = LedgerAccount.objects.filter(kind=kind, currency=currency)
    if enterprise_id is None:
        accounts = accounts.filter(enterprise__isnull=True)
    else:
        accounts = accounts.filter(enterprise_id=enterprise_id)
    return Posting.objects.filter(account__in=accounts).aggregate(sum=Sum("amount"))["sum"] or ZERO


def expected_payouts(orders: Iterable[SellerOrder], refunded: Mapping[int, Decimal]) -> dict[int, list[ExpectedPayout]]:
    """By seller order id, in the order of lines. `refunded`: what claims gave or providers took back, by order line.
    Three statements for any number of orders."""
    orders = list(orders)
    ids = [order.pk for order in orders]
    lines = list(OrderLine.objects.filter(seller_order_id__in=ids).order_by("seller_order_id", "position"))
    taken: dict[int, tuple[Decimal, Decimal]] = defaultdict(lambda: (ZERO, ZERO))
    for row in CommissionLine.objects.filter(order_line__in=lines):
        amount, tax = taken[row.order_line_id]
        taken[row.order_line_id] = (amount + row.amount, tax + row.tax)
    numbers = {order.number: order.pk for order in orders}
    booked = LedgerTransaction.objects.filter(
        source_kind="seller_order", source_number__in=numbers, kind__in=["sale", "release"]
    ).values_list("source_number", "kind")
    sold = {numbers[number] for number, kind in booked if kind == "sale"}
    released = {numbers[number] for number, kind in booked if kind == "release"}
    payouts: dict[int, list[ExpectedPayout]] = defaultdict(list)
    ended = {order.pk for order in orders if order.state in ENDED}
    for line in lines:
        total = ZERO if line.seller_order_id in ended else line.total
        commission, tax = (ZERO, ZERO) if line.seller_order_id in ended else taken[line.pk]
        payouts[line.seller_order_id].append(
            ExpectedPayout(
                line=line,
                total=total,
                refunded=refunded.get(line.pk, ZERO),
                commission=commission,
                commission_tax=tax,
                amount=total - refunded.get(line.pk, ZERO) - commission - tax,
                is_paid=line.seller_order_id in sold,
                held=line.seller_order_id not in released,
            )
        )
    return payouts


def commission_of(order: SellerOrder) -> tuple[Decimal, Decimal]:
    """Commission and the tax on it, after reversals."""
    sums = CommissionLine.objects.filter(order_line__seller_order=order).aggregate(a=Sum("amount"), t=Sum("tax"))
    return sums["a"] or ZERO, sums["t"] or ZERO


def held_of(order: SellerOrder) -> Decimal:
    """What the seller still has to get of this order, on hold: credit side of seller_held by this order's bookings."""
    found = Posting.objects.filter(
        transaction__source_kind="seller_order",
        transaction__source_number=order.number,
        account__kind=LedgerAccount.Kind.SELLER_HELD,
    ).aggregate(sum=Sum("amount"))["sum"]
    return -(found or ZERO)


def unallocated_of(source_kind: str, numbers: Iterable[str], *, kind: str = "") -> dict[str, dict[str, Decimal]]:
    """By source and currency what nobody has been given or sent back yet, without zeroes; of one `kind` of transaction
    only: what that booked. One statement."""
    rows = Posting.objects.filter(
        transaction__source_kind=source_kind,
        transaction__source_number__in=list(numbers),
        account__kind=LedgerAccount.Kind.UNALLOCATED,
    )
    if kind:
        rows = rows.filter(transaction__kind=kind)
    found: dict[str, dict[str, Decimal]] = defaultdict(dict)
    sums = rows.values_list("transaction__source_number", "account__currency").annotate(sum=Sum("amount"))
    for number, currency, amount in sums:
        if amount:
            found[number][currency] = -amount
    return found


def unbalanced(limit: int = 20) -> list[tuple[str, Decimal]]:
    """Transactions whose postings do not sum to zero per currency, with the difference."""
    rows = (
        Posting.objects.values("transaction__key", "account__currency")
        .annotate(sum=Sum("amount"))
        .exclude(sum=ZERO)
        .values_list("transaction__key", "sum")[:limit]
    )
    return list(rows)


def as_of(enterprise_id: int, currency: str, at: datetime) -> dict[str, Decimal]:
    """A seller's balances by account kind, counting what was booked up to `at`."""
    rows = (
        Posting.objects.for_enterprise(enterprise_id)
        .filter(account__currency=currency, transaction__at__lte=at)
        .values_list("account__kind")
        .annotate(sum=Sum("amount"))
    )
    return {kind: -amount for kind, amount in rows}
