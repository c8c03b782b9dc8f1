"""Careful readers of partners' JSON: right type or UnreadableError, never another exception."""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from orders.shipments.carriers.base import UnreadableError

BEIJING = timezone(timedelta(hours=8))


def read_json(raw: bytes) -> dict[str, Any]:
    try:
        body = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise UnreadableError("not JSON") from error
    return as_dict(body)


def as_dict(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UnreadableError(f"an object was expected, not {type(value).__name__}")
    return value


def as_list(value: Any) -> list[Any]:
    if value is None:
        return []
    if not isinstance(value, list):
        raise UnreadableError(f"a list was expected, not {type(value).__name__}")
    return value


def text(value: Any, limit: int = 400) -> str:
    """A string, shortened; numbers as text; everything else empty. Without what no database stores: NUL, and halves of
    surrogate pairs, which JSON can spell (a lone one becomes `?`)."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str):
        return ""
    return value.replace("\x00", "").encode("utf-8", "replace").decode()[:limit]


def utc_time(value: Any, default_zone: timezone = UTC) -> datetime:
    """ISO 8601 or `YYYY-MM-DD HH:MM:SS`; without a zone the default one."""
    try:
        moment = datetime.fromisoformat(text(value, 40))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=default_zone)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UnreadableError("a time is missing or unreadable") from error


def derived_key(*parts: str) -> str:
    return hashlib.sha256("\x1f".join(parts).encode("utf-8", "replace")).hexdigest()
