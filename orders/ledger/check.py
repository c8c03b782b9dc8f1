"""What must hold of the books at any time. Each check is one statement and names what it finds wrong."""

from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from django.db.models import Count, Exists, F, OuterRef, Q, Sum

from orders.ledger.models import LedgerAccount, Payout, Posting, Settlement, SettlementItem
from orders.ledger.queries import unbalanced
from orders.ledger.states import LIVE, UNDER_WAY

K = LedgerAccount.Kind
ZERO = Decimal(0)


def wrong_in_the_books(limit: int = 20) -> list[str]:
    """Empty when all is well; at most `limit` of each kind."""
    found: list[str] = []
    for check in CHECKS:
        found += [words for _place, words in zip(range(limit), check(), strict=False)]
    return found


def _unbalanced() -> Iterator[str]:
    for key, difference in unbalanced():
        yield f"{key} is off by {difference}"


def _settled_twice() -> Iterator[str]:
    rows = SettlementItem.objects.filter(is_live=True).values("posting").annotate(n=Count("pk")).filter(n__gt=1)
    for row in rows:
        yield f"posting {row['posting']} stands in {row['n']} live settlements"


def _wrong_stamps() -> Iterator[str]:
    """A stamp is live as long as its settlement's payout is."""
    rows = SettlementItem.objects.exclude(Q(is_live=True) & Q(settlement__state__in=LIVE))
    for item in rows.exclude(Q(is_live=False) & ~Q(settlement__state__in=LIVE)).select_related("settlement__run"):
        yield f"posting {item.posting_id} is stamped wrongly in run {item.settlement.run}"


def _not_of_the_seller() -> Iterator[str]:
    rows = SettlementItem.objects.exclude(
        posting__account__kind=K.SELLER_AVAILABLE,
        posting__account__enterprise=F("settlement__enterprise"),
        posting__account__currency=F("settlement__currency"),
    )
    for item in rows:
        yield f"posting {item.posting_id} is none of settlement {item.settlement_id}"


def _wrong_sums() -> Iterator[str]:
    sums = Settlement.objects.order_by("pk").values_list("pk", "run__number", "amount")
    for pk, run, amount, sum_of_items in sums.annotate(sum=Sum("items__posting__amount")):
        if amount != -(sum_of_items or ZERO):
            yield f"settlement {pk} of run {run} is {amount}, its items {-(sum_of_items or ZERO)}"


def _wrong_payouts() -> Iterator[str]:
    for row in Payout.objects.exclude(amount=F("settlement__amount")):
        yield f"payout {row.number} is not its settlement's amount"


def _paid_more_than_earned() -> Iterator[str]:
    """What is settled and what was paid out are the same sum for each seller: nobody is paid twice or too much."""
    stamps = SettlementItem.objects.filter(posting=OuterRef("pk"), is_live=True)
    rows = Posting.objects.filter(account__kind=K.SELLER_AVAILABLE)
    rows = rows.filter(Exists(stamps) | Q(transaction__source_kind="payout"))
    sums = rows.order_by().values_list("account__enterprise__number", "account__currency")
    for number, currency, difference in sums.annotate(sum=Sum("amount")).exclude(sum=ZERO):
        yield f"payouts of {number} in {currency} are off what was settled by {difference}"


def _wrong_transit() -> Iterator[str]:
    booked = Posting.objects.filter(account__kind=K.PAYOUT_TRANSIT).order_by().values_list("account__currency")
    under_way = Payout.objects.filter(settlement__state__in=UNDER_WAY).order_by().values_list("settlement__currency")
    transit = {currency: -amount for currency, amount in booked.annotate(sum=Sum("amount"))}
    expected = dict(under_way.annotate(sum=Sum("amount")))
    for currency in sorted({*transit, *expected}):
        difference = transit.get(currency, ZERO) - expected.get(currency, ZERO)
        if difference:
            yield f"payout_transit in {currency} is off the payouts under way by {difference}"


CHECKS: Iterable[Callable[[], Iterator[str]]] = (
    _unbalanced,
    _settled_twice,
    _wrong_stamps,
    _not_of_the_seller,
    _wrong_sums,
    _wrong_payouts,
    _paid_more_than_earned,
    _wrong_transit,
)
