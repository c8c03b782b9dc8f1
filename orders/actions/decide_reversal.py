"""A finance officer at the top says what money was for that a provider took back without us."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from market.accounts.models import User
from market.common.audit.record import record_act
from market.common.errors import Conflict, InvalidInput
from market.common.money import exponent
from market.common.outbox.record import record_event
from market.common.plain_text import plain_words
from market.common.quantity import fits_places, plain
from orders.actions.book_refund import book_refund
from orders.actions.pay_sellers import check_pays
from orders.actions.settle_payment import lock_payment
from orders.claims.queries import refunded_by_line
from orders.ledger.book import Entry, K, book
from orders.orders.models import OrderLine, SellerOrder
from orders.payments.models import Allocation, Payment, Refund, Reversal, ReversalLine

ZERO = Decimal(0)
LONGEST_REASON = 500


@dataclass(frozen=True)
class Left:
    """What of a line's price can still be taken: never more than its order was paid by this payment and still has."""

    line: OrderLine
    amount: Decimal


@dataclass(frozen=True)
class Shares:
    """What the money was for; adds up to the reversal. `lines`: amount by key of the order line. `borne`: by the
    market. `repaid`: key of a refund of ours that had failed, which it brought to the buyer after all."""

    lines: Mapping[int, Decimal] = field(default_factory=dict)
    borne: Decimal = ZERO
    repaid: int | None = None


def lines_left(reversal: Reversal) -> list[Left]:
    """Lines of the purchase it may be for, in their order; none when it came in another currency. Four statements."""
    return _lines_of(_paid_left(reversal))


def _paid_left(reversal: Reversal) -> dict[int, Decimal]:
    """By order: what this payment gave it and nobody has got back."""
    payment = reversal.payment
    if reversal.currency != payment.currency:
        return {}
    return {row.seller_order_id: row.captured - row.refunded for row in payment.allocations.all()}


def _lines_of(paid: Mapping[int, Decimal]) -> list[Left]:
    lines = OrderLine.objects.filter(seller_order__in=[pk for pk, left in paid.items() if left])
    rows = list(lines.select_related("seller_order__enterprise").order_by("seller_order_id", "position"))
    back = refunded_by_line(paid)
    found = [Left(row, min(row.total - back.get(row.pk, ZERO), paid[row.seller_order_id])) for row in rows]
    return [one for one in found if one.amount > 0]


def failed_refunds(reversal: Reversal) -> list[Refund]:
    """Refunds of ours that did not go out and come to just as much. One statement."""
    rows = reversal.payment.refunds.filter(state=Refund.State.FAILED, amount=reversal.amount)
    return [row for row in rows.select_related("payment").order_by("pk") if row.currency == reversal.currency]


def decide_reversal(reversal: Reversal, shares: Shares, *, reason: str, by: User, now: datetime) -> Reversal:
    """Effects: each order's lines booked as a refund that has left, with their share of the commission; what the market
    bears booked as its loss; nothing stays in suspense. Once.

    Raises NotAllowed, Conflict when it is decided or came back meanwhile, InvalidInput naming `reason`, `borne`,
    `repaid`, `sum` or `line-<key>`.
    """
    check_pays(by, now)
    with transaction.atomic():
        payment, orders = lock_payment(reversal.payment)
        row = Reversal.objects.get(pk=reversal.pk)
        if not row.waits:
            raise Conflict()
        row.payment = payment
        grounds = plain_words(reason)
        if wrong := _wrong(row, shares, grounds):
            raise InvalidInput(fields=wrong)
        _refund_lines(row, {order.pk: order for order in orders}, shares.lines, now)
        _settle_rest(row, shares, now)
        row.grounds, row.decided_by, row.decided_at = grounds, by, now
        row.save()
        record_act(
            actor=by,
            action="reversal.decided",
            subject_kind="reversal",
            subject_id=row.pk,
            now=now,
            purchase=payment.purchase.number,
            amount=str(row.amount),
            borne=str(row.borne),
            reason=grounds,
        )
    return row


def _wrong(reversal: Reversal, shares: Shares, grounds: str) -> dict[str, str]:
    paid, places = _paid_left(reversal), exponent(reversal.currency)
    left = {one.line.pk: one for one in _lines_of(paid)}
    wrong = {}
    for pk, amount in shares.lines.items():
        most = left[pk].amount if pk in left else ZERO
        if not fits_places(amount, places) or not 0 <= amount <= most:
            wrong[f"line-{pk}"] = _("an amount from 0 to %(most)s") % {"most": plain(most)}
    if not fits_places(shares.borne, places) or shares.borne < 0:
        wrong["borne"] = _("an amount from 0 to %(most)s") % {"most": plain(reversal.amount)}
    is_repaid = shares.repaid in {refund.pk for refund in failed_refunds(reversal)}
    if shares.repaid is not None and not is_repaid:
        wrong["repaid"] = _("this refund does not wait any more: look again")
    if not 1 <= len(grounds) <= LONGEST_REASON:
        wrong["reason"] = _("say why in at most %(most)s characters") % {"most": LONGEST_REASON}
    given = sum(shares.lines.values(), shares.borne) + (reversal.amount if is_repaid else ZERO)
    if not wrong and given != reversal.amount:
        sums = {"given": plain(given), "amount": plain(reversal.amount)}
        wrong["sum"] = _("the shares come to %(given)s, and %(amount)s were taken") % sums
    return wrong or _too_much_of_an_order(paid, shares.lines, left)


def _too_much_of_an_order(
    paid: Mapping[int, Decimal], amounts: Mapping[int, Decimal], left: Mapping[int, Left]
) -> dict[str, str]:
    """Lines of one order together within what the payment still holds of it."""
    rest = dict(paid)
    for pk in [pk for pk, amount in amounts.items() if amount]:
        order = left[pk].line.seller_order_id
        rest[order] -= amounts[pk]
        if rest[order] < 0:
            return {f"line-{pk}": _("together more than was paid for this order and not yet given back")}
    return {}


def _refund_lines(
    reversal: Reversal, orders: Mapping[int, SellerOrder], amounts: Mapping[int, Decimal], now: datetime
) -> None:
    by_order: dict[int, dict[int, Decimal]] = defaultdict(dict)
    for line in OrderLine.objects.filter(pk__in=[pk for pk, amount in amounts.items() if amount]).order_by("pk"):
        by_order[line.seller_order_id][line.pk] = amounts[line.pk]
        ReversalLine.objects.create(reversal=reversal, order_line=line, amount=amounts[line.pk])
    for pk, of_order in sorted(by_order.items()):
        key = f"reversal:{reversal.pk}:{orders[pk].number}"
        book_refund(orders[pk], of_order, key=key, currency=reversal.currency, now=now)
        refund = _refund(reversal, orders[pk], sum(of_order.values(), ZERO), now)
        _from_suspense(f"refund-paid:{refund.key}", "refund_paid", K.REFUND_DUE, refund.amount, reversal, now)
        record_event("refund.opened", refund.pk, now=now)
        record_event("reversal.booked", refund.pk, now=now)


def _refund(reversal: Reversal, order: SellerOrder, amount: Decimal, now: datetime) -> Refund:
    """Reserved on the allocation, and gone already: nothing is sent."""
    payment: Payment = reversal.payment
    share = Allocation.objects.get(payment=payment, seller_order=order)
    share.refunded += amount
    share.save(update_fields=["refunded"])
    return Refund.objects.create(
        payment=payment,
        seller_order=order,
        reversal=reversal,
        key=f"reversal-{reversal.pk}-{order.pk}",
        amount=amount,
        reason=reversal.kind,
        state=Refund.State.SUCCEEDED,
        created_at=now,
        closed_at=now,
    )


def _settle_rest(reversal: Reversal, shares: Shares, now: datetime) -> None:
    reversal.borne = shares.borne
    _from_suspense(f"borne:{reversal.pk}", "borne", K.MARKET_LOSS, shares.borne, reversal, now)
    if shares.repaid is not None:
        reversal.repaid = refund = Refund.objects.get(pk=shares.repaid)
        refund.state, refund.closed_at = Refund.State.SUCCEEDED, now
        refund.save(update_fields=["state", "closed_at"])
        _from_suspense(f"repaid:{reversal.pk}", "repaid", K.REFUND_DUE, reversal.amount, reversal, now)


def _from_suspense(key: str, kind: str, account: str, amount: Decimal, reversal: Reversal, now: datetime) -> None:
    if amount:
        book(
            key,
            kind,
            [Entry(account, amount), Entry(K.SUSPENSE, -amount)],
            currency=reversal.currency,
            source=("reversal", str(reversal.pk)),
            now=now,
        )
