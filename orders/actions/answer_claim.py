"""The seller answers a claim: gives back what is wanted, offers less, or refuses with a reason."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from market.accounts.models import User
from market.common.deadlines.actions import close_deadline, open_deadline
from market.common.errors import InvalidInput, NotAllowed, NotFound
from market.common.money import exponent
from market.common.outbox.record import record_event
from market.common.plain_text import plain_words
from market.common.quantity import fits_places, plain
from market.common.states import check_move
from market.enterprises.queries import member_of
from market.enterprises.roles import Right, may
from orders.actions.settle_claim import lock_claim, settle
from orders.claims.models import Claim, ClaimLine
from orders.claims.states import MOVES, REACT_WITHIN

LONGEST_ANSWER = 2000
S = Claim.State
ZERO = Decimal(0)


def answer_claim(claim: Claim, offers: Mapping[int, Decimal], text: str, *, by: User, now: datetime) -> Claim:
    """`offers`: amount by key of the claim's line; a line that is left out is offered nothing. All that is wanted
    settles the claim at once; less needs words, and the buyer chooses. Until then the answer may be put better, never
    worse: the buyer may be taking it right now. The same answer again changes nothing.

    Raises NotFound for people of other firms, NotAllowed for other roles, IllegalMove, InvalidInput naming `text` or a
    line's key.
    """
    member = member_of(by, claim.seller_order.enterprise)
    if member is None:
        raise NotFound()
    if not may(member.role, Right.TRADE):
        raise NotAllowed()
    with transaction.atomic():
        row, lines = lock_claim(claim)
        check_move(MOVES, row.state, S.ANSWERED)
        words, is_all = plain_words(text), all(offers.get(line.pk) == line.wanted for line in lines)
        wrong = amounts_wrong(offers, lines, row.currency) or _less_than_before(offers, lines)
        if len(words) > LONGEST_ANSWER or not (words or is_all):
            message = _("say why in at most %(most)s characters: the buyer reads it")
            wrong["text"] = message % {"most": LONGEST_ANSWER}
        if wrong:
            raise InvalidInput(fields=wrong)
        if row.answer == words and all(line.offered == offers.get(line.pk, ZERO) for line in lines):
            return row
        for line in lines:
            line.offered = offers.get(line.pk, ZERO)
        ClaimLine.objects.bulk_update(lines, ["offered"])
        row.answer, row.answered_by, row.answered_at = words, by, now
        close_deadline("claim.unanswered", row.number)
        if is_all:
            return settle(row, lines, {line.pk: line.wanted for line in lines}, by=by, now=now)
        row.state = S.ANSWERED
        row.save()
        open_deadline("claim.unaccepted", row.number, due_at=now + REACT_WITHIN)
        record_event("claim.answered", row.number, now=now)
    return row


def _less_than_before(offers: Mapping[int, Decimal], lines: list[ClaimLine]) -> dict[str, str]:
    """By key of the line."""
    message = _("not less than the %(least)s offered already")
    return {
        str(line.pk): message % {"least": plain(line.offered)}
        for line in lines
        if line.offered is not None and offers.get(line.pk, ZERO) < line.offered
    }


def amounts_wrong(amounts: Mapping[int, Decimal], lines: list[ClaimLine], currency: str) -> dict[str, str]:
    """By key of the line, what cannot be given back."""
    known = {line.pk: line.wanted for line in lines}
    message = _("an amount from 0 to %(most)s")
    wrong = {
        str(pk): message % {"most": plain(known[pk])}
        for pk, amount in amounts.items()
        if pk in known and (not fits_places(amount, exponent(currency)) or not 0 <= amount <= known[pk])
    }
    if amounts.keys() - known.keys():
        wrong["lines"] = _("a line that is not in this claim")
    return wrong
