"""How often one address, and all of them together, may be asked."""

from datetime import datetime

from market.common.ids import digest
from orders.inbox.limits import wait_for

ALL_LINKS = 2_000  # in ten seconds
ONE_LINK = 40
FILES_OF_ONE = 6


def seconds_to_wait(secret: str, now: datetime) -> int:
    """0, or how long to leave it alone. Guesses are counted before the database is asked."""
    return wait_for("links", ALL_LINKS, now) or wait_for(f"link:{digest(secret[:64])[:16]}", ONE_LINK, now)


def seconds_to_wait_for_file(secret: str, now: datetime) -> int:
    """A large table keeps the machine busy for a second."""
    return wait_for(f"link-file:{digest(secret[:64])[:16]}", FILES_OF_ONE, now)
