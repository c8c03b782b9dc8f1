"""Take a lot back: nothing of it goes out any more, and everybody who had it is told."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from catalog.lots.actions.quarantine_lot import recall_lot
from catalog.lots.models import HarvestLot
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
    """Effects in order: the lot is recalled (nothing is packed from it, what nobody was promised is held), the recall
    is written with a notice for each order that had some of it, an act in the log, an event that tells them.

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
    with transaction.atomic():
        row = recall_lot(lot, reason=reason, by=by, now=now)
        recall = Recall.objects.create(
            lot=row,
            enterprise=lot.enterprise,
            number=new_number("R", now),
            severity=severity,
            reason=reason,
            advice=advice,
            opened_by=by,
            opened_at=now,
        )
        reached = reach_of(row)
        RecallNotice.objects.bulk_create(
            [RecallNotice(recall=recall, seller_order=one.order, weight=one.weight) for one in reached]
        )
        facts = {"lot": row.number, "severity": severity, "orders": str(len(reached))}
        record_act(actor=by, action="lot.recalled", subject_kind="recall", subject_id=recall.number, now=now, **facts)
        record_event("recall.opened", recall.number, now=now)
    return recall


def may_recall(enterprise: Enterprise, user: User, now: datetime) -> bool:
    member = member_of(user, enterprise)
    return (member is not None and member.role == Member.Role.OWNER) or reviews(user, enterprise, now)
