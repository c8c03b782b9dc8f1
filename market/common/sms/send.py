"""Short messages: one now (a code somebody waits for), or many by the worker, each once.

What is queued is claimed by a lease, sent outside of any transaction, and stamped. A provider that is away is asked
once in a round and later again; news older than a day is no news and is not sent.
"""

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F
from django.utils.module_loading import import_string

from market.common.quiet_log import said
from market.common.sms.base import NotSent, ShortMessage, SmsSender
from market.common.sms.models import QueuedMessage

logger = logging.getLogger(__name__)

AT_ONCE = 20
LEASE = timedelta(minutes=5)
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=30)
BEHIND = timedelta(seconds=1)
STALE = timedelta(days=1)
# What nobody needs is not kept for long: it holds telephone numbers.
KEPT = timedelta(days=30)
# A number that is told more than this in a day is told nothing more: somebody plays, or something is broken.
DAILY = 30
TOO_OLD, TOO_MANY = "too old", "too many to this number today"
S = QueuedMessage.State


@cache
def _sender(path: str, url: str) -> SmsSender:
    made: SmsSender = import_string(path)(url)
    return made


def send_now(message: ShortMessage) -> None:
    """Within ten seconds. Raises NotSent."""
    scheme = settings.SMS_URL.partition(":")[0]
    _sender(settings.MARKET_SMS_SENDERS[scheme], settings.SMS_URL).send(message)


def queue_messages(messages: Iterable[tuple[str, ShortMessage]], now: datetime) -> None:
    """With the key of each: what has been told under it already is not told again."""
    QueuedMessage.objects.bulk_create(
        [
            QueuedMessage(
                key=key,
                phone=message.phone,
                kind=message.kind,
                language=message.language,
                values=dict(message.values),
                words=message.words[:500],
                created_at=now,
                due_at=now,
            )
            for key, message in messages
        ],
        ignore_conflicts=True,
    )


def send_due(now: datetime) -> int:
    """A worker step. Returns how many were taken up."""
    claimed = _claim(now)
    for place, row in enumerate(claimed):
        why = _reason_not_to(row, now)
        try:
            if why:
                raise NotSent(why, is_final=True)
            send_now(ShortMessage(row.phone, row.kind, row.language, row.values, row.words))
        except NotSent as error:
            if error.is_final:
                _stamp(row, S.FAILED, error.why)
                logger.warning("a short message of kind %s was not sent: %s", row.kind, error.why)
                continue
            _put_off(claimed[place:], error.why, now)
            break
        except Exception as error:  # noqa: BLE001 - a sender of the operator's own may fail in any way
            _put_off(claimed[place:], said(error), now)
            break
        _stamp(row, S.SENT, "")
    return len(claimed)


def _claim(now: datetime) -> list[QueuedMessage]:
    waiting = QueuedMessage.objects.filter(state=S.WAITING, due_at__lte=now)
    with transaction.atomic():
        if connection.features.has_select_for_update_skip_locked:
            waiting = waiting.select_for_update(skip_locked=True)
        rows = list(waiting.order_by("attempts", "due_at", "pk")[:AT_ONCE])
        if rows:
            QueuedMessage.objects.filter(pk__in=[row.pk for row in rows]).update(due_at=now + LEASE)
    return rows


def _reason_not_to(row: QueuedMessage, now: datetime) -> str:
    if now - row.created_at > STALE:
        return TOO_OLD
    lately = QueuedMessage.objects.filter(phone=row.phone, state=S.SENT, created_at__gt=now - timedelta(days=1))
    return TOO_MANY if lately.count() >= DAILY else ""


def _stamp(row: QueuedMessage, state: QueuedMessage.State, why: str) -> None:
    row.state, row.error, row.attempts = state, why[:100], row.attempts + 1
    row.save(update_fields=["state", "error", "attempts"])


def _put_off(rows: list[QueuedMessage], why: str, now: datetime) -> None:
    """The first was tried in vain: its provider is away, which is everybody's, or it is one that a provider cannot
    take. So all wait, and the next time it stands behind the others."""
    first = rows[0]
    wait = min(FIRST_WAIT * 2 ** min(first.attempts, 10), LONGEST_WAIT)
    logger.warning("short messages wait: %s", why)
    QueuedMessage.objects.filter(pk__in=[row.pk for row in rows]).update(due_at=now + wait, attempts=F("attempts") + 1)
    QueuedMessage.objects.filter(pk=first.pk).update(due_at=now + wait + BEHIND, error=why[:100])


def forget_old(now: datetime) -> int:
    """A step of upkeep. Returns how many rows went."""
    old = QueuedMessage.objects.filter(created_at__lt=now - KEPT).exclude(state=S.WAITING)
    return old.delete()[0]
