"""What follows a recall: buyers answer, those who have not are reminded, an officer closes it."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from market.accounts.models import User
from market.common.audit.record import record_act
from market.common.errors import InvalidInput, NotAllowed
from market.common.outbox.record import record_event
from market.common.quantity import fits_places, plain
from market.enterprises.queries import member_of, reviews
from orders.recalls.actions.open_recall import MOST, may_recall
from orders.recalls.errors import RecallClosed, RemindedToday
from orders.recalls.models import Recall, RecallNotice

REMIND_AFTER = timedelta(days=1)
MOST_WORDS = 300
Done = RecallNotice.Done


def answer_notice(
    notice: RecallNotice, *, left: Decimal, done: str, words: str = "", by: User | None, now: datetime
) -> RecallNotice:
    """The buyer (`by` None: a guest; the caller has checked who it is) says how many kg were still there and what was
    done with them. Again: the newest answer stands. Raises InvalidInput, RecallClosed."""
    if not fits_places(left, 3) or not 0 <= left <= notice.weight:
        raise InvalidInput(fields={"left": _("a weight from 0 to %(most)s kg") % {"most": plain(notice.weight)}})
    if done not in Done.values or (done == Done.NOTHING) != (left == 0):
        raise InvalidInput(fields={"done": _("say what was done with what was left")})
    if len(words) > MOST_WORDS:
        raise InvalidInput(fields={"words": _("at most %(most)s characters") % {"most": MOST_WORDS}})
    with transaction.atomic():
        _locked_open(notice.recall)
        row = RecallNotice.objects.select_for_update().get(pk=notice.pk)
        row.left, row.done, row.words, row.answered_by, row.answered_at = left, done, words.strip(), by, now
        row.save(update_fields=["left", "done", "words", "answered_by", "answered_at"])
    return row


def remind_buyers(recall: Recall, *, by: User, now: datetime) -> int:
    """Those who have not answered are told again, once a day at most. Returns how many. Raises NotAllowed,
    RecallClosed, RemindedToday."""
    if not may_recall(recall.enterprise, by, now):
        raise NotAllowed()
    with transaction.atomic():
        row = _locked_open(recall)
        silent = row.notices.filter(answered_at=None)
        newest = max((notice.reminded_at or row.opened_at for notice in silent), default=row.opened_at)
        if now - newest < REMIND_AFTER:
            raise RemindedToday(number=row.number)
        count = silent.update(reminded_at=now, told_at=None)
        record_act(
            actor=by, action="recall.reminded", subject_kind="recall", subject_id=row.number, now=now, orders=str(count)
        )
        record_event("recall.reminded", row.number, now=now)
    return count


def close_recall(recall: Recall, *, outcome: str, by: User, now: datetime) -> Recall:
    """By a reviewer who does not work for the seller; the lot stays recalled. Raises NotAllowed, InvalidInput without
    an outcome, RecallClosed."""
    if not reviews(by, recall.enterprise, now) or member_of(by, recall.enterprise):
        raise NotAllowed()
    if not outcome.strip() or len(outcome) > MOST:
        raise InvalidInput(fields={"outcome": _("say how it ended, in at most %(most)s characters") % {"most": MOST}})
    with transaction.atomic():
        row = _locked_open(recall)
        row.outcome, row.closed_by, row.closed_at = outcome.strip(), by, now
        row.save(update_fields=["outcome", "closed_by", "closed_at"])
        record_act(actor=by, action="recall.closed", subject_kind="recall", subject_id=row.number, now=now)
    return row


def _locked_open(recall: Recall) -> Recall:
    row = Recall.objects.select_for_update(of=("self",)).get(pk=recall.pk)
    if not row.is_open:
        raise RecallClosed(number=row.number)
    return row
