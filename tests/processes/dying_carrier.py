"""The native carrier, on a machine whose power fails: `MARKET_CARRIERS` of `settings_dying` names it.

It says where it is and then holds still, so that the test can kill the worker at exactly that moment (DIE): `before`
the report is worked on, `inside` its transaction when all but the stamp is written, or `after` it.
"""

import os
import time
from pathlib import Path
from unittest.mock import patch

from django.conf import settings

from orders.shipments.carriers import standard
from orders.shipments.carriers.base import Push
from orders.shipments.carriers.standard import CONTENT_TYPES, MAX_BYTES, authenticate, event_id, reply

__all__ = ["CONTENT_TYPES", "MAX_BYTES", "authenticate", "event_id", "hold_after", "parse", "reply"]


def parse(raw: bytes) -> Push:
    if os.environ["DIE"] == "before":
        hold_still("before")
    if os.environ["DIE"] == "inside":
        from orders.inbox import tasks  # loads models: not to be had when settings are read

        patch.object(tasks, "update_rows", lambda *_: hold_still("inside")).start()
    return standard.parse(raw)


def hold_after(step: str) -> None:
    """In the place of MARKET_WAKE: called when a transaction has been committed; the one that is meant has stamped."""
    from orders.inbox.models import InboxEvent

    if InboxEvent.objects.filter(state="done").exists():
        hold_still("after")


def hold_still(where: str) -> None:
    Path(settings.DATA_DIR, f"reached-{where}").touch()
    time.sleep(600)
