"""How fast an address may be posted to. Counted in the cache alone: a flood costs the database nothing."""

import logging
from datetime import datetime
from threading import Lock

from django.core.cache import caches
from django.utils.timezone import localdate

logger = logging.getLogger(__name__)

WINDOW = 10  # seconds
EVERYBODY = 20_000
PER_ENDPOINT = 12_000
FORGED = 1_000
TOKENS = 60
# Asking the shared counter costs as much as storing a message: of many tokens each process takes one in a hundred at
# once. No more than `limit` pass; as many fewer as processes hold back.
SHARE = 100
GONE = -1
_held: dict[tuple[str, int], tuple[int, int]] = {}  # bucket and limit -> window, tokens left
_lock = Lock()


def wait_for(bucket: str, limit: int, now: datetime) -> int:
    """Takes one of `limit` tokens this window has; 0, or the seconds until the next window. A cache that is away lets
    everybody pass: better slow than deaf."""
    seconds = int(now.timestamp())
    window, wait = seconds // WINDOW, WINDOW - seconds % WINDOW
    block = max(1, limit // SHARE)
    if block > 1 and (left := _take_held(bucket, limit, window)):
        return wait if left == GONE else 0
    key = f"inbox:{bucket}:{window}"
    try:
        cache = caches["limits"]
        cache.add(key, 0, timeout=2 * WINDOW)
        is_over = cache.incr(key, block) > limit
    except Exception:
        logger.warning("the counters of the inbox are away", exc_info=True)
        return 0
    if block > 1:
        _hold(bucket, limit, window, GONE if is_over else block - 1)
    return wait if is_over else 0


def _take_held(bucket: str, limit: int, window: int) -> int:
    """How many this process held, of which it takes one; GONE when nobody has any; 0: ask."""
    with _lock:
        held_in, left = _held.get((bucket, limit), (window, 0))
        if held_in != window:
            return 0
        if left > 0:
            _held[bucket, limit] = window, left - 1
        return left


def _hold(bucket: str, limit: int, window: int, tokens: int) -> None:
    """Buckets of strangers' names are too small to be held: what is kept here is about as long as the endpoints."""
    with _lock:
        held_in, left = _held.get((bucket, limit), (window, 0))
        rest = left if held_in == window and left > 0 else 0  # of another thread, which asked at the same moment
        _held[bucket, limit] = window, rest or GONE if tokens == GONE else rest + tokens


def _day_key(endpoint_id: str, verdict: str, now: datetime) -> str:
    return f"inbox:{localdate(now):%Y%m%d}:{endpoint_id}:{verdict}"


def count(verdict: str, endpoint_id: str, now: datetime) -> None:
    """One more of this verdict today, for the health figures; never worth a database write."""
    key = _day_key(endpoint_id, verdict, now)
    try:
        cache = caches["limits"]
        cache.add(key, 0, timeout=2 * 86400)
        cache.incr(key)
    except Exception:
        logger.warning("the counters of the inbox are away", exc_info=True)


def counted(endpoint_ids: list[str], verdicts: tuple[str, ...], now: datetime) -> dict[tuple[str, str], int]:
    """What was counted today, by endpoint and verdict; only what is not nothing."""
    keys = {_day_key(name, verdict, now): (name, verdict) for name in endpoint_ids for verdict in verdicts}
    try:
        found = caches["limits"].get_many(list(keys))
    except Exception:  # noqa: BLE001 - as above
        return {}
    return {keys[key]: int(number) for key, number in found.items()}
