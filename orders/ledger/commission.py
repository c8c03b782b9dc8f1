"""Freeze what the platform takes when an order is placed."""

from collections.abc import Iterable, Sequence

from market.common.money import round_amount
from orders.ledger.models import CommissionLine, CommissionRule
from orders.orders.models import OrderLine


def freeze_commission(lines: Iterable[tuple[OrderLine, int, int]], currency: str) -> list[CommissionLine]:
    """`lines`: (saved order line, enterprise id, category id). Two statements. Commission is rounded, the seller has
    the rest; no rule at all means no commission."""
    rules = list(CommissionRule.objects.all())
    frozen = []
    for line, enterprise_id, category_id in lines:
        rule = matching_rule(rules, enterprise_id, category_id)
        if rule is None:
            continue
        amount = round_amount(line.total * rule.rate, currency)
        tax = round_amount(amount * rule.tax_rate, currency)
        frozen.append(CommissionLine(order_line=line, rate=rule.rate, base=line.total, amount=amount, tax=tax))
    return CommissionLine.objects.bulk_create(frozen)


def matching_rule(rules: Sequence[CommissionRule], enterprise_id: int, category_id: int) -> CommissionRule | None:
    """First by position whose keys are empty or equal."""
    return next(
        (
            rule
            for rule in rules
            if rule.enterprise_id in (None, enterprise_id) and rule.category_id in (None, category_id)
        ),
        None,
    )
