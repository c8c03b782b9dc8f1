"""Short messages that did not go out, and sending them once more."""

from datetime import timedelta

import pytest

from market.common.audit.models import AuditEntry
from market.common.errors import Conflict
from market.common.sms.again import count_messages, failed_lately, send_again, unsent_messages
from market.common.sms.models import QueuedMessage
from market.common.sms.send import STALE
from tests.builders import NOW

pytestmark = pytest.mark.django_db
S = QueuedMessage.State


def make_message(key: str, state: str = "failed", *, hours_ago: int = 0, **fields: object) -> QueuedMessage:
    at = NOW - timedelta(hours=hours_ago)
    about = {"phone": "+8613800138000", "kind": "shipment", "values": {"order": "P1", "waybill": "W1"}}
    made: QueuedMessage = QueuedMessage.objects.create(
        **({"key": key, "state": state, "words": "…", "created_at": at, "due_at": at} | about | fields)
    )
    return made


def test_what_was_given_up_waits_once_more_as_if_it_were_new() -> None:
    row = make_message("a", attempts=5, error="isv.OUT_OF_SERVICE", hours_ago=2)

    assert send_again(QueuedMessage.objects.all(), by="officer", now=NOW) == 1

    row.refresh_from_db()
    assert (row.state, row.attempts, row.error, row.due_at) == (S.WAITING, 0, "", NOW)
    assert AuditEntry.objects.get().action == "sms.again"


def test_what_waits_has_gone_or_is_no_news_stays_as_it_is() -> None:
    make_message("waits", "waiting")
    make_message("sent", "sent")
    make_message("old", hours_ago=24)
    before = list(QueuedMessage.objects.order_by("pk").values())

    with pytest.raises(Conflict):
        send_again(QueuedMessage.objects.all(), by="officer", now=NOW)

    assert list(QueuedMessage.objects.order_by("pk").values()) == before
    assert not AuditEntry.objects.exists()
    assert not failed_lately(NOW - STALE + timedelta(days=1)).exists()


def test_list_has_what_was_tried_in_vain_and_counts_have_all() -> None:
    make_message("new", "waiting")
    tried = make_message("tried", "waiting", attempts=1, hours_ago=1)
    make_message("sent", "sent")
    failed = make_message("failed", hours_ago=30)

    assert list(unsent_messages()) == [tried, failed]
    assert count_messages() == {"waiting": 2, "sent": 1, "failed": 1}


def test_number_is_masked_and_the_matter_named() -> None:
    assert make_message("a").masked == "+86…8000"
    assert make_message("b", phone="+77011234567").masked == "+77…4567"
    assert make_message("c").about == "P1"
    assert make_message("d", values={"lot": "L1", "recall": "R1"}).about == "R1"
    assert make_message("e", values={}).about == ""
