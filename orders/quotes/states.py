"""The life of one enterprise's part of an enquiry; the whole enquiry's state is derived."""

from collections.abc import Iterable
from datetime import datetime

from market.accounts.models import User
from market.common.outbox.record import record_event
from market.common.states import Moves, check_move
from orders.quotes.models import EnquiryEvent, EnquiryPart

S = EnquiryPart.State

MOVES: Moves = {
    S.OPEN: frozenset({S.ANSWERED, S.CLOSED}),
    S.ANSWERED: frozenset({S.ANSWERED, S.CLOSED}),  # a second answer adds to the first
    S.CLOSED: frozenset(),
}


def transition(
    part: EnquiryPart, to: str, *, by: User | None, by_seller: bool, message: str, now: datetime
) -> EnquiryEvent:
    """Moves the part, leaves an event row and an outbox event. The caller holds the row's lock. Raises IllegalMove."""
    check_move(MOVES, part.state, to)
    event = EnquiryEvent.objects.create(
        part=part, from_state=part.state, to_state=to, by=by, by_seller=by_seller, message=message, at=now
    )
    part.state = to
    part.state_changed_at = now
    part.save(update_fields=["state", "state_changed_at"])
    record_event(f"enquiry.{to}", part.number, now=now, event=event.pk)
    return event


def state_of(parts: Iterable[EnquiryPart]) -> str:
    """Of the whole enquiry: open while anybody has yet to answer, answered while anything is not closed."""
    states = {part.state for part in parts}
    return S.OPEN if S.OPEN in states else S.ANSWERED if S.ANSWERED in states else S.CLOSED
