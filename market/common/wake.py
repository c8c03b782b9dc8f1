"""Wake the background work once the transaction has been committed (it would find what is there anyway, later)."""

from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string


def wake_after_commit(step: str) -> None:
    """Nothing without MARKET_WAKE. A wake that fails is logged and disturbs nobody."""
    if not settings.MARKET_WAKE:
        return
    path = settings.MARKET_WAKE

    def wake() -> None:
        """A named function, not a partial: Django asks a failing one for its name, and would fail itself."""
        call: Callable[[str], None] = import_string(path)
        call(step)

    transaction.on_commit(wake, robust=True)
