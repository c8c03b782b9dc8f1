"""Workers send the same queue of short messages at the same moment, each on a connection of its own."""

import time
from collections import Counter
from functools import partial
from typing import Any
from unittest import mock

from django.db import connection

from market.common.sms import send
from market.common.sms.base import ShortMessage
from market.common.sms.models import QueuedMessage
from tests.builders import NOW
from tests.processes.at_once import at_once

WORKERS, MESSAGES = 4, 60
S = QueuedMessage.State


def race_of_texts(repeats: int = 2, guarded: bool = True) -> dict[str, Any]:
    """Per round: how many messages were sent how often. `guarded` False: a claim is read, not held."""
    rounds = []
    for number in range(repeats):
        told = [(f"{number}:{place}", f"+86138{number:04d}{place:04d}") for place in range(MESSAGES)]
        send.queue_messages(((key, ShortMessage(phone, "test", "en", {}, key)) for key, phone in told), NOW)
        sent: Counter[str] = Counter()

        def keep(message: ShortMessage, sent: Counter[str] = sent) -> None:
            time.sleep(0.002)
            sent[message.words] += 1

        claim = send._claim if guarded else _read
        with mock.patch.object(send, "send_now", keep), mock.patch.object(send, "_claim", claim):
            heard = at_once([partial(_work)] * WORKERS)
        rounds.append({"heard": dict(heard), "sent": len(sent), "most": max(sent.values())})
    return {"rounds": rounds, "vendor": connection.vendor}


def _work() -> None:
    while send.send_due(NOW):
        pass


def _read(now: Any) -> list[QueuedMessage]:
    return list(QueuedMessage.objects.filter(state=S.WAITING, due_at__lte=now).order_by("due_at", "pk")[: send.AT_ONCE])
