"""An event is stored while its partner takes it back, each on a connection of its own.

The one that stores it looks for retractions, and then waits for the other one to end, or for a second. `guarded` False
takes the lock away, to show first that the two can miss each other.
"""

import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from typing import Any
from unittest.mock import patch

from django.db import connection

from orders.actions.register_tracking import register_report
from orders.shipments.carriers.base import CarrierEvent, Report
from orders.shipments.models import Shipment
from tests.builders import NOW
from tests.orders.inbox.test_receive import make_shipment

module = sys.modules["orders.actions.register_tracking"]
AT = NOW + timedelta(hours=1)


def race_of_retraction(repeats: int = 3, guarded: bool = True) -> dict[str, Any]:
    """Per round the status of the shipment, and whether its event counts."""
    rounds = []
    for number in range(repeats):
        shipment, key = make_shipment(f"W{number}"), f"k{number}"
        event = CarrierEvent(key, AT, "delivered", version=AT)
        back = CarrierEvent(key, AT, "", version=AT, is_retracted=True)
        with ExitStack() as stack:
            if not guarded:
                stack.enter_context(patch.object(module, "hold_retractions", lambda *, is_writing: None))
            errors = _at_once(stack, Report(f"W{number}", events=[event]), Report("", events=[back]))
        status = Shipment.objects.values_list("status", flat=True).get(pk=shipment.pk)
        counts = [withdrawn is None for withdrawn in shipment.events.values_list("withdrawn_at", flat=True)]
        rounds.append({"status": status, "counts": counts, "errors": errors})
    return {"rounds": rounds, "vendor": connection.vendor}


def _at_once(stack: ExitStack, told: Report, taken: Report) -> list[str]:
    look = module.retractions_of
    has_looked, is_over, errors = threading.Event(), threading.Event(), list[str]()

    def look_and_wait(keys: Any) -> Any:
        found = look(keys)
        if not has_looked.is_set():
            has_looked.set()
            is_over.wait(timeout=1)
        return found

    def take_back() -> None:
        has_looked.wait(timeout=60)
        _register(taken)
        is_over.set()

    def on_own_connection(work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - whatever it is, the test sees it
            errors.append(type(error).__name__)
        finally:
            connection.close()

    stack.enter_context(patch.object(module, "retractions_of", look_and_wait))
    works = [lambda: _register(told), take_back]
    threads = [threading.Thread(target=on_own_connection, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


def _register(report: Report) -> None:
    register_report(report, received_at=AT, now=AT, source="test")
