"""A buyer says what is wrong with goods that arrived, or did not."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from market.accounts.models import User
from market.common.deadlines.actions import close_deadline, open_deadline
from market.common.errors import InvalidInput
from market.common.money import exponent, round_amount
from market.common.outbox.record import record_event
from market.common.plain_text import plain_words
from market.common.quantity import fits_places, plain
from orders.claims.errors import ClaimIsOpen, KeyUsed, NothingToClaim, TooLateToClaim
from orders.claims.models import Claim, ClaimLine
from orders.claims.queries import (
    CLAIMED_IN,
    Claimable,
    Key,
    claimable,
    claimed_quantities,
    is_recalled,
    may_claim_until,
    open_claim,
)
from orders.claims.states import CLAIM_WITHIN, ESCALATE_AFTER
from orders.orders.models import SellerOrder

LONGEST_TEXT = 2000
R = ClaimLine.Reason
S = SellerOrder.State
ZERO = Decimal(0)


@dataclass(frozen=True)
class Wish:
    """`line` and `lot`: keys of an order line and a lot. `amount` of the price to be given back; None: all that this
    quantity cost."""

    line: int
    lot: int
    quantity: Decimal
    reason: str
    amount: Decimal | None = None


@dataclass(frozen=True)
class Priced:
    """`cost`: what all that may be claimed of it cost."""

    one: Claimable
    cost: Decimal


def check_may_claim(order: SellerOrder, now: datetime) -> list[Claimable]:
    """What may be claimed, never nothing; late, only what has been recalled. Raises ClaimIsOpen, TooLateToClaim,
    NothingToClaim."""
    if (claim := open_claim(order)) is not None:
        raise ClaimIsOpen(number=claim.number)
    until = may_claim_until(order) if order.state == S.COMPLETED else None
    found = claimable(order) if order.state in CLAIMED_IN else []
    if until is not None and now > until:
        found = [one for one in found if is_recalled(one.lot)]
        if not found:
            raise TooLateToClaim(days=CLAIM_WITHIN.days)
    if not found:
        raise NothingToClaim(number=order.number)
    return found


def file_claim(
    order: SellerOrder, wishes: Sequence[Wish], text: str, *, by: User | None, now: datetime, key: str = ""
) -> Claim:
    """Effects: the claim; the acceptance clock stops, the seller's begins; an event tells the seller. The caller knows
    that the order is this buyer's; `by` None is a guest. The same `key` again gives the claim it made.

    Raises what `check_may_claim` raises, InvalidInput naming `text`, `lines`, or `<line>-<lot>`, and KeyUsed.
    """
    with transaction.atomic():
        orders = SellerOrder.objects.select_for_update(of=("self",)).select_related("purchase")
        row = orders.get(pk=order.pk)
        words = plain_words(text)
        if key and (earlier := row.claims.filter(key=key).first()) is not None:
            return _repeated(earlier, wishes, words)
        found = {(one.line.pk, one.lot.pk): one for one in check_may_claim(row, now)}
        lines, wrong = lines_of(wishes, found, row)
        if not 1 <= len(words) <= LONGEST_TEXT:
            wrong["text"] = _("say what happened, in at most %(most)s characters") % {"most": LONGEST_TEXT}
        if wrong:
            raise InvalidInput(fields=wrong)
        claim = write_claim(row, lines, words, by=by, now=now, key=key)
        open_deadline("claim.unanswered", claim.number, due_at=now + ESCALATE_AFTER)
        record_event("claim.filed", claim.number, now=now)
    return claim


def _repeated(claim: Claim, wishes: Sequence[Wish], words: str) -> Claim:
    said = {(wish.line, wish.lot): (wish.quantity, wish.reason) for wish in wishes}
    if claim.text != words or said != {
        (line.order_line_id, line.lot_id): (line.quantity, line.reason) for line in claim.lines.all()
    }:
        raise KeyUsed(number=claim.number)
    return claim


def write_claim(
    order: SellerOrder, lines: list[ClaimLine], text: str, *, by: User | None, now: datetime, key: str = ""
) -> Claim:
    """The rows of an open claim; the order, whose lock the caller holds, is not accepted by any clock."""
    number = f"{order.number}-C{order.claims.count() + 1}"
    claim = Claim.objects.create(seller_order=order, number=number, key=key, text=text, filed_by=by, filed_at=now)
    for line in lines:
        line.claim = claim
    ClaimLine.objects.bulk_create(lines)
    close_deadline("order.acceptance", order.number)
    return claim


def cost_of(total: Decimal, ordered: Decimal, before: Decimal, quantity: Decimal, currency: str) -> Decimal:
    """What so much of a line cost, after what was claimed before: all of it, in any parts, costs the line's total."""
    whole = round_amount(total * (before + quantity) / ordered, currency)
    return whole - round_amount(total * before / ordered, currency)


def with_costs(found: Sequence[Claimable], order: SellerOrder) -> list[Priced]:
    """Of what `check_may_claim` found. One statement."""
    before = _claimed_before(order)
    currency = order.purchase.currency
    return [
        Priced(one, cost_of(one.line.total, one.line.quantity, before[one.line.pk], one.quantity, currency))
        for one in found
    ]


def _claimed_before(order: SellerOrder) -> dict[int, Decimal]:
    """By order line."""
    before: dict[int, Decimal] = defaultdict(Decimal)
    for (line, _lot), quantity in claimed_quantities(order).items():
        before[line] += quantity
    return before


def lines_of(
    wishes: Sequence[Wish], found: Mapping[Key, Claimable], order: SellerOrder
) -> tuple[list[ClaimLine], dict[str, str]]:
    """Lines of the claim to come, and what is wrong with the wishes by field."""
    currency = order.purchase.currency
    lines: list[ClaimLine] = []
    wrong: dict[str, str] = {}
    before = _claimed_before(order)
    seen = set[Key]()
    for wish in wishes:
        one = found.get((wish.line, wish.lot))
        if one is None or (wish.line, wish.lot) in seen:
            wrong["lines"] = _("a line that cannot be claimed, or stands there twice")
            continue
        seen.add((wish.line, wish.lot))
        if problem := _problem(wish, one):
            wrong[f"{wish.line}-{wish.lot}"] = problem
            continue
        cost = cost_of(one.line.total, one.line.quantity, before[wish.line], wish.quantity, currency)
        before[wish.line] += wish.quantity
        wanted = cost if wish.amount is None else wish.amount
        if not 0 < wanted <= cost or not fits_places(wanted, exponent(currency)):
            words = _("at most %(cost)s %(currency)s, which is what this quantity cost")
            wrong[f"{wish.line}-{wish.lot}"] = words % {"cost": plain(cost), "currency": currency}
            continue
        lines.append(
            ClaimLine(order_line=one.line, lot=one.lot, quantity=wish.quantity, reason=wish.reason, wanted=wanted)
        )
    if not wishes:
        wrong["lines"] = _("say how much of which line is wrong")
    return lines, wrong


def _problem(wish: Wish, one: Claimable) -> str:
    if not fits_places(wish.quantity, 3) or not 0 < wish.quantity <= one.quantity:
        return _("a quantity above 0 and up to %(most)s") % {"most": plain(one.quantity)}
    if wish.reason not in R.values:
        return _("choose what is wrong")
    if not one.has_arrived and wish.reason != R.NOT_ARRIVED:
        return _("none of this has been delivered: it can only be claimed as not arrived")
    return ""
