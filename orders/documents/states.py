"""The life of a request for a tax invoice."""

from datetime import datetime, timedelta

from market.accounts.models import User
from market.common.outbox.record import record_event
from market.common.states import Moves, check_move
from orders.documents.models import TaxInvoiceEvent, TaxInvoiceRequest

S = TaxInvoiceRequest.State
MOVES: Moves = {
    S.ASKED: frozenset({S.ISSUED, S.DECLINED, S.WITHDRAWN}),
    S.ISSUED: frozenset({S.RED_NEEDED}),
    S.RED_NEEDED: frozenset({S.ISSUED}),
    S.DECLINED: frozenset(),  # the buyer asks anew
    S.WITHDRAWN: frozenset(),
}
LIVE = (S.ASKED, S.ISSUED, S.RED_NEEDED)
WAITING = (S.ASKED, S.RED_NEEDED)
ANSWER_WITHIN = timedelta(days=7)


def transition(request: TaxInvoiceRequest, to: str, *, by: User | None, reason: str, now: datetime) -> None:
    """Moves the request, sets until when the seller should act, leaves an event row and an outbox event. The caller
    holds the row's lock. Raises IllegalMove."""
    check_move(MOVES, request.state, to)
    event = TaxInvoiceEvent.objects.create(
        request=request, from_state=request.state, to_state=to, by=by, reason=reason, at=now
    )
    request.state = to
    request.due_at = now + ANSWER_WITHIN if to in WAITING else None
    request.save(update_fields=["state", "due_at", "covered"])
    record_event(f"tax_invoice.{to}", request.number, now=now, event=event.pk)
