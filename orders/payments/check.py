"""What must hold between the books and what providers took back. Named like `orders/ledger/check.py` names it."""

from collections.abc import Iterator
from decimal import Decimal

from django.db.models import Sum
from django.db.models.functions import Coalesce

from market.common.fields import AmountField
from orders.ledger.models import LedgerAccount, Posting
from orders.payments.models import Reversal
from orders.payments.queries import reversals_waiting

ZERO = Decimal(0)


def wrong_with_reversals(limit: int = 20) -> list[str]:
    """Empty when all is well; at most `limit` of each kind."""
    return [words for check in (_suspense, _shares) for _place, words in zip(range(limit), check(), strict=False)]


def _suspense() -> Iterator[str]:
    """What is taken and not decided stands in suspense, and nothing else does."""
    postings = Posting.objects.filter(account__kind=LedgerAccount.Kind.SUSPENSE).order_by()
    sums = postings.values_list("transaction__source_kind", "transaction__source_number").annotate(sum=Sum("amount"))
    booked = {(kind, number): amount for kind, number, amount in sums if amount}
    waiting = {("reversal", str(pk)): amount for pk, amount in reversals_waiting().values_list("pk", "amount")}
    for kind, number in sorted({*booked, *waiting}):
        difference = booked.get((kind, number), ZERO) - waiting.get((kind, number), ZERO)
        if difference:
            yield f"suspense of {kind} {number} is off by {difference}"


def _shares() -> Iterator[str]:
    """What is decided adds up to what was taken."""
    given = Coalesce(Sum("lines__amount"), ZERO, output_field=AmountField())
    decided = Reversal.objects.filter(decided_at__isnull=False).annotate(given=given).order_by("pk")
    for row in decided.only("pk", "amount", "borne", "repaid"):
        if row.given + row.borne + (row.amount if row.repaid_id else ZERO) != row.amount:
            yield f"shares of reversal {row.pk} do not come to {row.amount}"
