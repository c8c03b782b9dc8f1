"""Ten answers to one pickup job at once, nine with a truck and one without, each on a connection of its own; all have
read the job before any wrote.

`guarded` False takes the condition out of the UPDATE, to show first that the race can be lost.
"""

import threading
from collections import Counter
from contextlib import nullcontext
from typing import Any
from unittest.mock import patch

from django.db import connection

from market.common.errors import Conflict, IllegalMove
from orders.pickups import states
from orders.pickups.actions.answer_pickup import accept_pickup, decline_pickup
from orders.pickups.models import PickupJob
from tests.builders import NOW
from tests.orders.pickups.scenes import make_job

ANSWERS = 10


def race_of_answers(repeats: int = 5, guarded: bool = True) -> dict[str, Any]:
    """Per round: what the callers heard, and how many moves the job has behind it (the first is the asking)."""
    rounds = []
    for _ in range(repeats):
        job = make_job()
        with nullcontext() if guarded else patch.object(states, "_claim", _claim_without_asking):
            heard = _at_once(job, with_decline=guarded)
        rounds.append({"heard": dict(heard), "moves": PickupJob.objects.get(pk=job.pk).events.count()})
    return {"rounds": rounds, "vendor": connection.vendor}


def _claim_without_asking(job: PickupJob, seen: int, values: Any) -> int:
    return PickupJob.objects.filter(pk=job.pk).update(**values)


def _at_once(job: PickupJob, *, with_decline: bool) -> Counter[str]:
    """A decline that came first would refuse the rest by itself."""
    heard: Counter[str] = Counter()
    start, lock = threading.Barrier(ANSWERS), threading.Lock()

    def answer(number: int) -> None:
        seen = PickupJob.objects.get(pk=job.pk)
        start.wait()
        try:
            if number == 0 and with_decline:
                decline_pickup(seen, reason="no truck", now=NOW)
            else:
                accept_pickup(seen, vehicle=f"V{number}", driver="D", now=NOW)
            outcome = "counted"
        except (Conflict, IllegalMove):
            outcome = "refused"
        except Exception as error:  # noqa: BLE001 - whatever it is, it is counted and the test sees it
            outcome = type(error).__name__
        finally:
            connection.close()
        with lock:
            heard[outcome] += 1

    threads = [threading.Thread(target=answer, args=(number,)) for number in range(ANSWERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return heard
