"""Which database a read may go to. Reads that do not ask here go to the primary: they see what was just written."""

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, transaction


def for_lists() -> str:
    """The replica where there is one, for public lists that may be a moment old. Inside a transaction the primary."""
    if transaction.get_connection().in_atomic_block:
        return DEFAULT_DB_ALIAS
    return settings.MARKET_LISTS_DATABASE
