"""Part of an order's price goes back: the booking that claims and reversals share, and its undoing."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from market.common.bulk import insert_rows
from orders.ledger.book import Entry, K, book
from orders.ledger.commission import reverse_commission
from orders.ledger.models import CommissionLine, LedgerTransaction
from orders.orders.models import SellerOrder

ZERO = Decimal(0)


def book_refund(
    order: SellerOrder, amounts: Mapping[int, Decimal], *, key: str, currency: str, now: datetime
) -> LedgerTransaction | None:
    """`amounts`: by order line. Out of what is held for the seller; after acceptance out of what is available, which
    may make it a debt. The commission's share goes back with it. The caller holds the order's lock."""
    total = sum(amounts.values(), ZERO)
    commission, tax = reverse_commission(amounts, source=key, currency=currency)
    return _book(order, total, commission, tax, key=key, kind="refund", currency=currency, now=now)


def book_refund_back(order: SellerOrder, booked: LedgerTransaction, *, currency: str, now: datetime) -> None:
    """The refund of this booking did not stand: seller and market have again what it took, where the order's money is
    now. The caller holds the order's lock."""
    rows = list(CommissionLine.objects.filter(source=booked.key, order_line__seller_order=order).order_by("pk"))
    key = f"back:{booked.key}"
    insert_rows(
        [
            CommissionLine(
                order_line_id=row.order_line_id,
                rate=row.rate,
                base=-row.base,
                amount=-row.amount,
                tax=-row.tax,
                reversal_of_id=row.reversal_of_id,
                source=key,
            )
            for row in rows
        ]
    )
    total = sum((row.amount for row in booked.postings.filter(account__kind=K.REFUND_DUE)), ZERO)
    commission, tax = sum((row.amount for row in rows), ZERO), sum((row.tax for row in rows), ZERO)
    _book(order, total, commission, tax, key=key, kind="refund_back", currency=currency, now=now, reversal_of=booked)


def _book(
    order: SellerOrder,
    total: Decimal,
    commission: Decimal,
    tax: Decimal,
    *,
    key: str,
    kind: str,
    currency: str,
    now: datetime,
    reversal_of: LedgerTransaction | None = None,
) -> LedgerTransaction | None:
    """`total` below zero: it comes back."""
    is_released = order.state == SellerOrder.State.COMPLETED
    return book(
        key,
        kind,
        [
            Entry(K.SELLER_AVAILABLE if is_released else K.SELLER_HELD, total - commission - tax, order.enterprise_id),
            Entry(K.COMMISSION_INCOME, commission),
            Entry(K.COMMISSION_TAX, tax),
            Entry(K.REFUND_DUE, -total),
        ],
        currency=currency,
        source=("seller_order", order.number),
        now=now,
        reversal_of=reversal_of,
    )
