"""The life of a lot. A recall is an officer's or the seller's last word: nothing leads back from it."""

from datetime import datetime

from catalog.lots.models import HarvestLot, LotEvent
from market.accounts.models import User
from market.common.outbox.record import record_event
from market.common.states import Moves, check_move

S = HarvestLot.State

MOVES: Moves = {
    S.OPEN: frozenset({S.QUARANTINED, S.RECALLED}),
    S.QUARANTINED: frozenset({S.OPEN, S.RECALLED}),
    S.RECALLED: frozenset(),
}


def transition(lot: HarvestLot, to: str, *, by: User | None, reason: str, now: datetime) -> None:
    """Moves the lot and leaves an event row, which is told to the trace. The caller holds the lot's row lock. Raises
    IllegalMove."""
    check_move(MOVES, lot.state, to)
    event = LotEvent.objects.create(lot=lot, from_state=lot.state, to_state=to, by=by, reason=reason, at=now)
    lot.state = to
    lot.save(update_fields=["state"])
    record_event("lot.moved", event.pk, now=now)
