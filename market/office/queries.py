"""What waits for officers, within the reach of their posts."""

from typing import Any

from django.db.models import Count, F, OuterRef, Q, QuerySet, Subquery, Sum

from market.common.fields import AmountField
from market.enterprises.models import PayoutAccount
from market.office.desk import Desk, R
from orders.actions.decide_transfer import UNDECIDED
from orders.claims.models import Claim
from orders.inbox.models import InboxEvent
from orders.ledger.models import Payout, PayRun, Settlement
from orders.ledger.states import LIVE, UNDER_WAY
from orders.orders.models import SellerOrder
from orders.payments.models import Allocation, BankStatementRow, Payment, Refund, TransferDecision
from orders.payments.queries import parked_payments
from orders.shipments.models import ENDED_IN_VAIN, Shipment


def _purchases(desk: Desk) -> QuerySet[SellerOrder, Any]:
    """Purchases that hold an order of the finance officer's subtree, as a subquery."""
    return desk.of(SellerOrder.objects.all(), R.FINANCE).values("purchase")


def expected_transfers(desk: Desk) -> QuerySet[Payment]:
    rows = Payment.objects.filter(gateway="bank_transfer", state=Payment.State.ACTION_REQUIRED)
    return rows.filter(purchase__in=_purchases(desk)).select_related("purchase")


def bank_rows(desk: Desk) -> QuerySet[BankStatementRow]:
    """Money that came. What names no payment belongs to nobody yet: the top of the tree sees it, and who entered it."""
    mine = Q(payment__purchase__in=_purchases(desk)) | Q(payment__isnull=True, entered_by=desk.officer)
    if desk.is_top(R.FINANCE):
        mine |= Q(payment__isnull=True)
    return BankStatementRow.objects.filter(mine).select_related("payment__purchase", "entered_by")


def rows_waiting(desk: Desk) -> QuerySet[BankStatementRow]:
    """Money that fits no payment by itself and waits for two officers."""
    return bank_rows(desk).filter(state__in=UNDECIDED)


def proposals_waiting(desk: Desk) -> QuerySet[TransferDecision]:
    """Proposals of others that this officer may confirm."""
    rows = TransferDecision.objects.filter(state=TransferDecision.State.PROPOSED, row__in=bank_rows(desk))
    return rows.exclude(proposed_by=desk.officer).select_related("row", "proposed_by")


def refunds_waiting(desk: Desk) -> QuerySet[Refund]:
    """Refunds that leave by bank file and wait for somebody to say that they have left."""
    return refunds(desk).filter(state=Refund.State.PENDING)


def refunds(desk: Desk) -> QuerySet[Refund]:
    rows = Refund.objects.filter(payment__gateway="bank_transfer")
    return rows.filter(payment__purchase__in=_purchases(desk)).select_related("payment__purchase", "seller_order")


def pay_runs() -> QuerySet[PayRun]:
    """With `payouts`, how many there are, `total`, and `under_way`, of how many nobody has said yet what the bank did.
    Those taken out before the file was made do not count."""
    kept = Q(settlements__state__in=[*LIVE, Settlement.State.RETURNED])
    return PayRun.objects.select_related("made_by", "sent_by").annotate(
        payouts=Count("settlements", filter=kept),
        total=Sum("settlements__amount", filter=kept),
        under_way=Count("settlements", filter=Q(settlements__state__in=UNDER_WAY)),
    )


def payouts_under_way() -> QuerySet[Payout]:
    return Payout.objects.filter(settlement__state__in=UNDER_WAY)


def accounts_waiting(desk: Desk) -> QuerySet[PayoutAccount]:
    """Payout accounts nobody has checked yet, of firms that are not the officer's own."""
    rows = desk.of(PayoutAccount.objects.all(), R.FINANCE).filter(state=PayoutAccount.State.PENDING)
    return rows.exclude(enterprise__members__user=desk.officer).select_related("enterprise__unit")


def claims_waiting(desk: Desk, *roles: str) -> QuerySet[Claim]:
    """What buyer and seller did not agree on."""
    return desk.of(Claim.objects.all(), *roles).filter(state=Claim.State.ESCALATED)


def parked(desk: Desk) -> QuerySet[Payment]:
    return parked_payments().filter(purchase__in=_purchases(desk))


def parked_waiting(desk: Desk) -> QuerySet[Payment]:
    return parked(desk).filter(parked_decision__isnull=True)


def payments_in_reach(desk: Desk) -> QuerySet[Payment]:
    return Payment.objects.filter(gateway="bank_transfer", purchase__in=_purchases(desk))


def messages_in(*states: str) -> QuerySet[InboxEvent]:
    """Partners' messages without their text."""
    return InboxEvent.objects.filter(state__in=states).select_related("endpoint").defer("sealed")


def troubled_messages() -> QuerySet[InboxEvent]:
    return messages_in(InboxEvent.State.PARKED, InboxEvent.State.DEAD)


def stranded(desk: Desk) -> QuerySet[Shipment, Any]:
    """Shipments that ended without arriving while their order stays open, the oldest first; with `paid`, what the buyer
    paid for the order and has not been sent back."""
    shares = Allocation.objects.filter(seller_order=OuterRef("seller_order")).order_by().values("seller_order")
    paid = shares.annotate(left=Sum(F("captured") - F("refunded"))).values("left")
    rows = desk.of(Shipment.objects.all()).filter(
        status__in=ENDED_IN_VAIN, seller_order__state=SellerOrder.State.IN_PROGRESS
    )
    rows = rows.select_related("seller_order__enterprise", "seller_order__purchase")
    return rows.annotate(paid=Subquery(paid, output_field=AmountField())).order_by("status_at", "pk")
