"""The native carrier, on a machine whose power fails: `MARKET_CARRIERS` of `settings_dying` names it.

It writes `reached` and then holds still, before the report is worked on or (DIE=after) when it has been, so that the
test can kill the worker at exactly that moment.
"""

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from django.conf import settings

from orders.shipments.carriers import standard
from orders.shipments.carriers.base import Push, Report
from orders.shipments.carriers.standard import CONTENT_TYPES, MAX_BYTES, authenticate, event_id, reply

__all__ = ["CONTENT_TYPES", "MAX_BYTES", "authenticate", "event_id", "parse", "reply"]


class HeldReports(tuple[Report, ...]):
    """Worked on one by one; then the power fails, before anybody can note that they are done."""

    def __iter__(self) -> Iterator[Report]:
        yield from super().__iter__()
        hold_still()


def parse(raw: bytes) -> Push:
    if os.environ["DIE"] == "before":
        hold_still()
    push = standard.parse(raw)
    return replace(push, reports=HeldReports(push.reports))


def hold_still() -> None:
    Path(settings.DATA_DIR, "reached").touch()
    time.sleep(600)
