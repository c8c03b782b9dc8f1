"""An officer of the seller's area decides what buyer and seller did not agree on."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from market.accounts.models import User
from market.common.audit.record import record_act
from market.common.errors import InvalidInput, NotAllowed, NotFound
from market.common.plain_text import plain_words
from market.common.states import check_move
from market.enterprises.queries import reviews
from orders.actions.answer_claim import amounts_wrong
from orders.actions.settle_claim import lock_claim, settle
from orders.claims.models import Claim
from orders.claims.queries import is_party

LONGEST_DECISION = 2000
S = Claim.State
ZERO = Decimal(0)


def decide_claim(claim: Claim, amounts: Mapping[int, Decimal], reason: str, *, by: User, now: datetime) -> Claim:
    """`amounts`: what goes back, by key of the claim's line; a line that is left out: nothing. Final. By a reviewer
    whose subtree holds the seller, and who neither works for it nor bought.

    Raises NotFound, NotAllowed, IllegalMove, InvalidInput naming `reason` or a line's key.
    """
    order = claim.seller_order
    if not reviews(by, order.enterprise, now):
        raise NotFound()
    if is_party(order, by):
        raise NotAllowed()
    with transaction.atomic():
        row, lines = lock_claim(claim)
        check_move({S.ESCALATED: frozenset({S.SETTLED})}, row.state, S.SETTLED)
        words, wrong = plain_words(reason), amounts_wrong(amounts, lines, row.currency)
        if not 1 <= len(words) <= LONGEST_DECISION:
            message = _("say why in at most %(most)s characters: buyer and seller read it")
            wrong["reason"] = message % {"most": LONGEST_DECISION}
        if wrong:
            raise InvalidInput(fields=wrong)
        row.decision, row.decided_by = words, by
        agreed = {line.pk: amounts.get(line.pk, ZERO) for line in lines}
        record_act(
            actor=by,
            action="claim.decided",
            subject_kind="enterprise",
            subject_id=order.enterprise.number,
            now=now,
            claim=row.number,
            amount=str(sum(agreed.values(), ZERO)),
            reason=words,
        )
        return settle(row, lines, agreed, by=by, now=now)
