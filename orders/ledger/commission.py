"""Freeze what the platform takes when an order is placed; give its share back when the price is."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import Decimal

from django.db.models import OuterRef, Q, Subquery

from market.common.bulk import insert_rows
from market.common.money import round_amount
from orders.ledger.models import CommissionLine, CommissionRule
from orders.orders.models import OrderLine

ZERO = Decimal(0)


def commission_rates(enterprise: str, category: str) -> dict[str, Subquery]:
    """Annotations `commission_rate` and `commission_tax_rate` by the first rule, by position, whose keys are empty or
    equal; null where none matches. `enterprise`, `category`: lookups of the ids from the annotated row."""
    rules = CommissionRule.objects.filter(
        Q(enterprise=None) | Q(enterprise=OuterRef(enterprise)), Q(category=None) | Q(category=OuterRef(category))
    ).order_by("position", "pk")
    return {
        "commission_rate": Subquery(rules.values("rate")[:1]),
        "commission_tax_rate": Subquery(rules.values("tax_rate")[:1]),
    }


def commission_on(total: Decimal, rate: Decimal, tax_rate: Decimal, currency: str) -> tuple[Decimal, Decimal]:
    """(commission, tax on it), each rounded; the seller has the rest, so that the three always add up to `total`."""
    amount = round_amount(total * rate, currency)
    return amount, round_amount(amount * tax_rate, currency)


def frozen_commission(
    lines: Iterable[tuple[OrderLine, Decimal | None, Decimal | None]], currency: str
) -> list[CommissionLine]:
    """The rows to be stored with the order. `lines`: (line, rate, tax rate) as `commission_rates` gives them; no rate
    at all means no commission."""
    frozen = []
    for line, rate, tax_rate in lines:
        if rate is None:
            continue
        amount, tax = commission_on(line.total, rate, tax_rate or ZERO, currency)
        frozen.append(CommissionLine(order_line=line, rate=rate, base=line.total, amount=amount, tax=tax))
    return frozen


def reverse_commission(refunds: Mapping[int, Decimal], *, source: str, currency: str) -> tuple[Decimal, Decimal]:
    """`refunds`: what of the price goes back, by order line. Writes a reversal for each line that bore commission and
    returns what the house gives back: (commission, tax on it). Cumulative: however many parts a line is refunded in,
    all of it reverses all of its commission, and no part more than its share. The caller holds the order's lock."""
    given = (ZERO, ZERO)
    earlier: dict[int, list[CommissionLine]] = defaultdict(list)
    for row in CommissionLine.objects.filter(order_line__in=refunds, reversal_of__isnull=False):
        earlier[row.order_line_id].append(row)
    new = []
    for line in CommissionLine.objects.filter(order_line__in=refunds, reversal_of__isnull=True).order_by("pk"):
        refund, before = refunds[line.order_line_id], earlier[line.order_line_id]
        if not refund:
            continue
        base = refund - sum((row.base for row in before), ZERO)  # earlier ones stand below zero
        amount = round_amount(line.amount * base / line.base, currency) + sum((row.amount for row in before), ZERO)
        tax = round_amount(line.tax * base / line.base, currency) + sum((row.tax for row in before), ZERO)
        new.append(
            CommissionLine(
                order_line_id=line.order_line_id,
                rate=line.rate,
                base=-refund,
                amount=-amount,
                tax=-tax,
                reversal_of=line,
                source=source,
            )
        )
        given = (given[0] + amount, given[1] + tax)
    insert_rows(new)
    return given
