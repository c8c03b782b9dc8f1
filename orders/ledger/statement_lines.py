"""What a settlement is made of, line by line: orders, what claims gave back, commission and tax. Sums exactly to it.

An order's release brings what its earlier bookings left in the seller's held money; a refund after that is a line of
its own. All is read off the ledger, so that lines and books cannot differ.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Sum

from orders.ledger.models import LedgerAccount, Posting, Settlement

ZERO = Decimal(0)
K = LedgerAccount.Kind


@dataclass(frozen=True)
class StatementLine:
    """`paid + given_back + commission + commission_tax = amount`, each as it changes what the seller gets: what is
    taken stands below zero, commission that a refund gave back above it. `order`: the number of the seller's order;
    `key`: of the booking, such as `release:…` or `claim:…`."""

    key: str
    order: str
    at: datetime
    paid: Decimal
    given_back: Decimal
    commission: Decimal
    commission_tax: Decimal
    amount: Decimal

    @property
    def claim(self) -> str:
        """The claim's number, when the line is one's refund."""
        kind, _colon, number = self.key.partition(":")
        return number if kind == "claim" else ""


def statement_of(settlement: Settlement) -> list[StatementLine]:
    return statements_of([settlement])[settlement.pk]


def statements_of(settlements: Iterable[Settlement]) -> dict[int, list[StatementLine]]:
    """By settlement, in the order of booking. Two statements for any number of them."""
    wanted = [settlement.pk for settlement in settlements]
    stamped = Posting.objects.filter(settlement_items__settlement__in=wanted).order_by("pk")
    items = list(
        stamped.values_list(
            "settlement_items__settlement",
            "amount",
            "transaction__key",
            "transaction__kind",
            "transaction__source_number",
            "transaction__at",
            "transaction_id",
        )
    )
    orders = {number for _pk, _amount, _key, _kind, number, _at, _id in items}
    bookings = _bookings(orders)
    found: dict[int, list[StatementLine]] = {pk: [] for pk in wanted}
    for pk, amount, key, kind, order, at, booking in items:
        parts: dict[str, Decimal] = defaultdict(Decimal)
        for other, sums in bookings[order].items():
            # What a release lets go is all that was booked of the order before it.
            if other == booking or (kind == "release" and other < booking):
                for account, value in sums.items():
                    parts[account] += value
        found[pk].append(
            StatementLine(
                key=key,
                order=order,
                at=at,
                paid=parts[K.CLEARING],
                given_back=parts[K.REFUND_DUE],
                commission=parts[K.COMMISSION_INCOME],
                commission_tax=parts[K.COMMISSION_TAX],
                amount=-amount,
            )
        )
    return found


def _bookings(orders: Iterable[str]) -> dict[str, dict[int, dict[str, Decimal]]]:
    """By order and transaction the sums by kind of account."""
    rows = Posting.objects.filter(
        transaction__source_kind="seller_order", transaction__source_number__in=list(orders)
    ).order_by()
    found: dict[str, dict[int, dict[str, Decimal]]] = defaultdict(lambda: defaultdict(dict))
    sums = rows.values_list("transaction__source_number", "transaction_id", "account__kind")
    for order, booking, kind, amount in sums.annotate(sum=Sum("amount")):
        found[order][booking][kind] = amount
    return found
