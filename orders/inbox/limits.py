"""How fast an address may be posted to. Counted in the cache alone: a flood costs the database nothing."""

import logging
from datetime import datetime

from django.core.cache import caches

logger = logging.getLogger(__name__)

WINDOW = 10  # seconds
EVERYBODY = 20_000
PER_ENDPOINT = 6_000
FORGED = 1_000


def wait_for(bucket: str, limit: int, now: datetime) -> int:
    """Takes one of `limit` tokens this window has; 0, or the seconds until the next window. A cache that is away lets
    everybody pass: better slow than deaf."""
    seconds = int(now.timestamp())
    key = f"inbox:{bucket}:{seconds // WINDOW}"
    try:
        cache = caches["limits"]
        cache.add(key, 0, timeout=2 * WINDOW)
        return WINDOW - seconds % WINDOW if cache.incr(key) > limit else 0
    except Exception:
        logger.warning("the counters of the inbox are away", exc_info=True)
        return 0


def count(verdict: str, endpoint_id: str, now: datetime) -> None:
    """One more of this verdict today, for the health figures; never worth a database write."""
    key = f"inbox:{now:%Y%m%d}:{endpoint_id}:{verdict}"
    try:
        cache = caches["limits"]
        cache.add(key, 0, timeout=2 * 86400)
        cache.incr(key)
    except Exception:
        logger.warning("the counters of the inbox are away", exc_info=True)


def counted(endpoint_ids: list[str], verdicts: tuple[str, ...], now: datetime) -> dict[tuple[str, str], int]:
    """What was counted today, by endpoint and verdict; only what is not nothing."""
    keys = {f"inbox:{now:%Y%m%d}:{name}:{verdict}": (name, verdict) for name in endpoint_ids for verdict in verdicts}
    try:
        found = caches["limits"].get_many(list(keys))
    except Exception:  # noqa: BLE001 - as above
        return {}
    return {keys[key]: int(number) for key, number in found.items()}
