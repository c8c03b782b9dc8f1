"""Who can be paid how much, and why somebody cannot. Reads only; `settle.py` does it.

`waiting` everywhere: numbers of the orders with an open claim, or whose purchase a provider took money back from while
nobody has said for what, as a subquery. What such an order brought waits, what it cost does not.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from market.enterprises.models import Enterprise, PayoutAccount
from orders.ledger.models import LedgerAccount, Posting, PostingQuerySet, SettlementItem
from orders.orders.models import SellerOrder

ZERO = Decimal(0)
A = PayoutAccount.State
Numbers = QuerySet[SellerOrder, str]
WHY_NOT: Final[dict[str, str | Promise]] = {
    "suspended": _("The seller is suspended: money is held."),
    "account_none": _("No payout account has been entered."),
    "account_pending": _("The payout account waits for an officer to check it."),
    "account_restricted": _("The payout account is restricted: money is held."),
    "account_rejected": _("The payout account has been refused."),
    "debt": _("More was given back than was available: the next earnings settle the debt."),
    "waiting": _("All that is available waits for open claims or money taken back by a payment provider."),
    "nothing": _("Nothing is available."),
}


@dataclass(frozen=True)
class Payable:
    """`available` as the ledger has it, below zero a debt; `waiting`: so much of it waits for somebody's decision;
    `amount` is what the next payout brings. `reason`: a key of WHY_NOT, or empty when the seller can be paid."""

    enterprise: Enterprise
    currency: str
    account: PayoutAccount | None
    available: Decimal
    waiting: Decimal
    reason: str

    @property
    def amount(self) -> Decimal:
        return self.available - self.waiting

    @property
    def why_not(self) -> str | Promise:
        return WHY_NOT.get(self.reason, "")


def free_postings(currency: str) -> PostingQuerySet:
    """Of sellers' available money those no live settlement has stamped. Payouts themselves are never settled."""
    stamps = SettlementItem.objects.filter(posting=OuterRef("pk"), is_live=True)
    rows = Posting.objects.filter(~Exists(stamps), account__kind=LedgerAccount.Kind.SELLER_AVAILABLE)
    return rows.filter(account__currency=currency).exclude(transaction__source_kind="payout")


def waits(waiting: Numbers) -> Q:
    """Which of the free postings are of such an order."""
    return Q(amount__lt=0, transaction__source_kind="seller_order", transaction__source_number__in=waiting)


def payables(currency: str, waiting: Numbers, enterprises: Iterable[int] | None = None) -> list[Payable]:
    """Every seller with something available or owed, or those named; ordered by enterprise. Three statements."""
    rows = free_postings(currency)
    if enterprises is not None:
        rows = rows.filter(account__enterprise__in=list(enterprises))
    sums = (
        rows.order_by()
        .values_list("account__enterprise")
        .annotate(all=Sum("amount"), wait=Sum("amount", filter=waits(waiting)))
    )
    found = {pk: (-(free or ZERO), -(wait or ZERO)) for pk, free, wait in sums}
    wanted = [pk for pk, amounts in found.items() if any(amounts)] if enterprises is None else list(enterprises)
    accounts = PayoutAccount.objects.current().filter(enterprise__in=wanted, currency=currency)
    by_owner = {account.enterprise_id: account for account in accounts}
    firms = Enterprise.objects.filter(pk__in=wanted).select_related("unit").order_by("pk")
    return [_payable(firm, currency, by_owner.get(firm.pk), *found.get(firm.pk, (ZERO, ZERO))) for firm in firms]


def _payable(
    enterprise: Enterprise, currency: str, account: PayoutAccount | None, available: Decimal, waiting: Decimal
) -> Payable:
    reason = why_not_paid(enterprise.state, account.state if account else "none", available, waiting)
    return Payable(enterprise, currency, account, available, waiting, reason)


def why_not_paid(state: str, account_state: str, available: Decimal, waiting: Decimal) -> str:
    """Pure. The seller's state first, then the account's, then the money; empty when nothing stands in the way."""
    if state != Enterprise.State.APPROVED:
        return "suspended"
    if account_state != A.ACTIVE:
        return f"account_{account_state}"
    if available < 0:
        return "debt"
    if available - waiting > 0:
        return ""
    return "waiting" if waiting else "nothing"
