"""A provider took money back without us. Its truth is kept as facts of the payment and booked at once against the
suspense account, never by guess against a seller: for what it was an officer says (`decide_reversal`).

Events are only a reason to ask, so that twice, late and out of order come to the same.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from orders.actions.return_reversal import return_reversal
from orders.actions.settle_payment import lock_payment
from orders.ledger.book import Entry, K, book
from orders.payments.gateways.base import Taken
from orders.payments.gateways.registry import get_gateway
from orders.payments.models import TAKEN_STATES, Payment, Reversal

S = Reversal.State
RANK: Final = {S.ANNOUNCED: 0, S.TAKEN: 1, S.FINAL: 2, S.RETURNED: 3}


def note_reversals(payment: Payment, *, now: datetime) -> None:
    """Asks the provider and books the answer. Raises GatewayError when it cannot be asked."""
    apply_taken(payment, get_gateway(payment.gateway).taken(payment.provider_ref), now=now)


def apply_taken(payment: Payment, found: Sequence[Taken], *, now: datetime) -> None:
    """Under the locks of payment and orders; an answer that was overtaken by a newer one moves nothing back. Refunds
    that we made are known by our key, and by their number."""
    with transaction.atomic():
        row, orders = lock_payment(payment)
        refunds = row.refunds.values_list("key", "provider_ref")
        ours = {name for names in refunds for name in names if name}
        known = {reversal.provider_ref: reversal for reversal in row.reversals.all()}
        for one in found:
            if one.amount <= 0 or one.key in ours or one.provider_ref in ours:
                continue
            reversal = known.get(one.provider_ref)
            if reversal is None:
                _book_if_taken(_written(row, one, now), now)
            elif RANK[S(one.state)] > RANK[S(reversal.state)]:
                before, reversal.state, reversal.heard_at = reversal.state, S(one.state), now
                reversal.save(update_fields=["state", "heard_at"])
                if reversal.state == S.RETURNED and before in TAKEN_STATES:
                    return_reversal(reversal, {order.pk: order for order in orders}, now=now)
                _book_if_taken(reversal, now)


def _written(payment: Payment, one: Taken, now: datetime) -> Reversal:
    return Reversal.objects.create(
        payment=payment,
        kind=Reversal.Kind(one.kind),
        provider_ref=one.provider_ref,
        amount=one.amount,
        currency=one.currency,
        state=S(one.state),
        reason=one.reason,
        happened_at=one.at,
        heard_at=now,
    )


def _book_if_taken(reversal: Reversal, now: datetime) -> None:
    """Once, by its key."""
    if reversal.state in TAKEN_STATES:
        book(
            f"taken:{reversal.pk}",
            "taken",
            [Entry(K.SUSPENSE, reversal.amount), Entry(K.CLEARING, -reversal.amount)],
            currency=reversal.currency,
            source=("reversal", str(reversal.pk)),
            now=now,
        )
