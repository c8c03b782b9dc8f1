"""Messages of partners that will not come again, kept as files while the database is away.

They are verified and sealed already. Whoever can store them does: the process that kept them, with the next message it
stores or first thing after its start, and the worker where it has the same disk. Storing twice is harmless.
"""

import json
import logging
import os
from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from django.conf import settings
from django.db import DatabaseError

from orders.inbox.models import Endpoint
from orders.inbox.store import Verified, store_verified

logger = logging.getLogger(__name__)

MOST = 10_000
BATCH = 100
_may_hold = True  # nobody has looked yet


def folder() -> Path:
    return Path(settings.DATA_DIR) / "spool"


def keep(message: Verified, adapter: str) -> bool:
    """On disk for good, or False: the disk is full or away, or 10,000 wait already."""
    global _may_hold
    row = asdict(message) | {
        "sealed": message.sealed.decode("ascii"),
        "received_at": message.received_at.isoformat(),
        "adapter": adapter,
    }
    name = f"{message.received_at:%Y%m%dT%H%M%S%f}-{uuid4().hex}"
    path = folder() / f"{name}.new"
    try:
        folder().mkdir(mode=0o700, exist_ok=True)
        if sum(1 for _ in _waiting()) >= MOST:
            return False
        with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:  # noqa: PTH123 - a descriptor
            json.dump(row, file)
            file.flush()
            os.fsync(file.fileno())
        path.rename(path.with_suffix(".json"))
    except OSError:
        logger.exception("a message could not be kept on disk")
        return False
    _may_hold = True
    return True


def store_kept(now: datetime) -> int:
    """A worker's step: up to a hundred, oldest first; how many were stored."""
    return sum(1 for path in sorted(_waiting())[:BATCH] if _store(path))


def store_own(now: datetime) -> None:
    """Costs nothing where nothing was kept."""
    global _may_hold
    if _may_hold:
        _may_hold = False
        try:
            _may_hold = store_kept(now) == BATCH
        except DatabaseError:
            _may_hold = True


def _waiting() -> Iterator[Path]:
    return folder().glob("*.json")


def _store(path: Path) -> bool:
    """Raises DatabaseError, and the file stays. One that nothing can be made of is put aside."""
    try:
        row = json.loads(path.read_text())
        adapter = row.pop("adapter")
        sealed, received_at = row.pop("sealed").encode("ascii"), datetime.fromisoformat(row.pop("received_at"))
        message = Verified(**row, sealed=sealed, received_at=received_at)
    except FileNotFoundError:  # somebody else was faster
        return False
    except (ValueError, KeyError, TypeError, AttributeError):
        logger.exception("a kept message cannot be read: %s", path.name)
        path.replace(path.with_suffix(".bad"))
        return False
    networks = Endpoint.objects.filter(pk=message.endpoint_id).values_list("networks", flat=True).first() or ""
    if not store_verified(message, adapter, networks):
        logger.warning("a kept message is of an endpoint that was closed meanwhile: %s", path.name)
        path.replace(path.with_suffix(".refused"))
        return False
    path.unlink(missing_ok=True)
    return True
