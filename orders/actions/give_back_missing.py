"""Goods went back or were lost: the seller, or an officer, gives the buyer the money without waiting for a claim."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from market.accounts.models import User
from market.common.audit.record import record_act
from market.common.errors import NotAllowed, NotFound
from market.enterprises.queries import member_of, reviews
from market.enterprises.roles import Right, may
from orders.actions.file_claim import Wish, check_may_claim, lines_of, write_claim
from orders.actions.settle_claim import lock_claim, settle
from orders.claims.errors import NothingToClaim
from orders.claims.models import Claim, ClaimLine
from orders.claims.queries import is_party
from orders.orders.models import SellerOrder


def give_back_missing(order: SellerOrder, *, by: User, now: datetime) -> Claim:
    """Effects: a claim without words, settled at once, over all that ended in vain and nobody has claimed; the order is
    done when nothing of it is outstanding. By the seller's trade staff, or a reviewer of its area who did not buy.

    Raises NotFound, NotAllowed, NothingToClaim, ClaimIsOpen, TooLateToClaim.
    """
    member = member_of(by, order.enterprise)
    if member is None and (not reviews(by, order.enterprise, now) or is_party(order, by)):
        raise NotFound()
    if member is not None and not may(member.role, Right.TRADE):
        raise NotAllowed()
    with transaction.atomic():
        orders = SellerOrder.objects.select_for_update(of=("self",)).select_related("purchase", "enterprise")
        row = orders.get(pk=order.pk)
        lines = _missing(row, now)
        claim, lines = lock_claim(write_claim(row, lines, "", by=by, now=now))
        settle(claim, lines, {line.pk: line.wanted for line in lines}, by=by, now=now)
        record_act(
            actor=by,
            action="claim.given_back",
            subject_kind="enterprise",
            subject_id=row.enterprise.number,
            now=now,
            claim=claim.number,
            amount=str(sum((line.wanted for line in lines), Decimal(0))),
        )
    return claim


def missing_amount(order: SellerOrder, now: datetime) -> Decimal:
    """What `give_back_missing` would give back. Raises what that raises of the order's state."""
    return sum((line.wanted for line in _missing(order, now)), Decimal(0))


def _missing(order: SellerOrder, now: datetime) -> list[ClaimLine]:
    found = {(one.line.pk, one.lot.pk): one for one in check_may_claim(order, now) if one.in_vain > 0}
    if not found:
        raise NothingToClaim(number=order.number)
    wishes = [
        Wish(line, lot, min(one.quantity, one.in_vain), ClaimLine.Reason.NOT_ARRIVED)
        for (line, lot), one in found.items()
    ]
    lines, _wrong = lines_of(wishes, found, order)  # nothing can be wrong with them
    return lines
