"""When the next attempt is due, and when an endpoint is given up (carriers.md, sections 1 and 8)."""

import random
from datetime import timedelta
from typing import Final

# Before each attempt: ten of them within 75 hours and 35 minutes.
WAITS: Final = tuple(
    timedelta(seconds=seconds)
    for seconds in (0, 5, 5 * 60, 30 * 60, 2 * 3600, 5 * 3600, 10 * 3600, 14 * 3600, 20 * 3600, 24 * 3600)
)
MAX_ATTEMPTS: Final = len(WAITS)
GIVE_UP: Final = timedelta(days=5)
TELL_ON_DAYS: Final = (1, 3, 5)


def next_wait(attempts: int) -> timedelta | None:
    """After so many failed attempts, with up to a tenth of jitter; None when it was the last one."""
    if attempts >= MAX_ATTEMPTS:
        return None
    return WAITS[attempts] * random.uniform(1.0, 1.1)  # noqa: S311 - jitter, not a secret
