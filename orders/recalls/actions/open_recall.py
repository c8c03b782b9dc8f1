"""Take a lot back: nothing of it goes out any more, and everybody who had it is told."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.lots.actions.quarantine_lot import lock_lots, recall_lot
from catalog.lots.models import HarvestLot
from catalog.trace.actions.record_event import lock_chain
from catalog.trace.queries import harvests_made_from
from market.accounts.models import User
from market.common.audit.record import record_act
from market.common.errors import InvalidInput, NotAllowed
from market.common.ids import new_number
from market.common.outbox.record import record_event
from market.enterprises.models import Enterprise, Member
from market.enterprises.queries import member_of, reviews
from orders.recalls.models import Recall, RecallNotice
from orders.recalls.queries import reach_of

MOST = 500


def open_recall(lot: HarvestLot, *, severity: str, reason: str, advice: str = "", by: User, now: datetime) -> Recall:
    """Effects in order, for the lot and for every lot that something of it went into: the lot is recalled (nothing is
    packed from it, what nobody was promised is held), the recall is written with a notice for each order that had some
    of it, an act in the log, an event that tells them. Returns the recall of `lot`, the `source` of the others; lots
    that have been recalled before keep their own.

    By an owner of the seller, or a reviewer whose subtree holds it. Raises NotAllowed, InvalidInput (no reason, no such
    severity), IllegalMove for a lot that has been recalled; nothing changes then.
    """
    if not may_recall(lot.enterprise, by, now):
        raise NotAllowed()
    reason, advice = reason.strip(), advice.strip()
    if not reason or len(reason) > MOST:
        raise InvalidInput(fields={"reason": _("say what is wrong, in at most %(most)s characters") % {"most": MOST}})
    if len(advice) > MOST:
        raise InvalidInput(fields={"advice": _("at most %(most)s characters") % {"most": MOST}})
    if severity not in Recall.Severity.values:
        raise InvalidInput(fields={"severity": _("choose how grave it is")})
    said = {"severity": severity, "reason": reason, "advice": advice, "opened_by": by, "opened_at": now}
    with transaction.atomic():
        further = _lock_reach(lot)
        recall = _recall(lot, None, said, by=by, now=now)
        for one in further:
            _recall(one, recall, said, by=by, now=now)
    return recall


def _lock_reach(lot: HarvestLot) -> list[HarvestLot]:
    """Lots made from it that are not recalled yet. Edges of the graph are written under the lock of the chain, so what
    is read here is all there is until the recall has ended; all lots are locked before the first is touched."""
    lock_chain(lot.enterprise)
    made = {one.pk for one in harvests_made_from(lot)}
    rows = lock_lots({lot.pk, *made})
    return [row for row in rows if row.pk != lot.pk and row.state != HarvestLot.State.RECALLED]


def _recall(lot: HarvestLot, source: Recall | None, said: Mapping[str, Any], *, by: User, now: datetime) -> Recall:
    row = recall_lot(lot, reason=said["reason"], by=by, now=now)
    recall = Recall.objects.create(
        lot=row, source=source, enterprise=lot.enterprise, number=new_number("R", now), **said
    )
    reached = reach_of(row)
    RecallNotice.objects.bulk_create(
        [RecallNotice(recall=recall, seller_order=one.order, weight=one.weight) for one in reached]
    )
    facts = {"lot": row.number, "severity": recall.severity, "orders": str(len(reached))}
    facts |= {"source": source.number} if source else {}
    record_act(actor=by, action="lot.recalled", subject_kind="recall", subject_id=recall.number, now=now, **facts)
    record_event("recall.opened", recall.number, now=now)
    return recall


def may_recall(enterprise: Enterprise, user: User, now: datetime) -> bool:
    member = member_of(user, enterprise)
    return (member is not None and member.role == Member.Role.OWNER) or reviews(user, enterprise, now)
