"""How long a partner that answers badly is left alone (carriers.md, sections 1 and 8)."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

SLOW_DOWN: Final = frozenset({429, 502, 503, 504})
WITH_RETRY_AFTER: Final = frozenset({429, 503})
LONGEST_RETRY_AFTER: Final = timedelta(hours=24)
# The breaker: after so many failures in a row nothing is tried for a while, then one at a time.
PATIENCE: Final = 5
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=30)


def pause(failures: int, status: int | None, headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long the whole partner is left alone after its newest failure; None: it may be called at once."""
    asked = retry_after(headers, now) if status in WITH_RETRY_AFTER else None
    broken = None
    if failures >= PATIENCE or status in SLOW_DOWN:
        broken = min(FIRST_PAUSE * 2 ** min(max(failures - PATIENCE, 0), 10), LONGEST_PAUSE)
    return max((wait for wait in (asked, broken) if wait is not None), default=None)


def retry_after(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """Seconds or a date (RFC 9110, 10.2.3); at most a day, nothing for what cannot be read."""
    value = next((text for name, text in headers.items() if name.lower() == "retry-after"), "").strip()
    if value.isascii() and value.isdigit():
        return min(timedelta(seconds=int(value[:9])), LONGEST_RETRY_AFTER)
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return min(max(at - now, timedelta(0)), LONGEST_RETRY_AFTER)
