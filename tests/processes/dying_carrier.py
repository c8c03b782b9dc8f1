"""The native carrier, on a machine whose power fails: `MARKET_CARRIERS` of `settings_dying` names it.

It writes `reached` and then holds still, before the report is worked on or (DIE=after) when it has been, so that the
test can kill the worker at exactly that moment.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from orders.shipments.carriers import standard
from orders.shipments.carriers.base import Report
from orders.shipments.carriers.standard import authenticate, event_id, reply

__all__ = ["authenticate", "event_id", "parse", "reply"]


def parse(raw: bytes) -> Iterator[Report]:
    if os.environ["DIE"] == "before":
        hold_still()
    yield from standard.parse(raw)
    hold_still()


def hold_still() -> None:
    Path(settings.DATA_DIR, "reached").touch()
    time.sleep(600)
