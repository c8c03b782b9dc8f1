"""Wake the background work once the transaction has been committed (it would find what is there anyway, later)."""

from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.db import transaction
from django.utils.module_loading import import_string


def wake_after_commit(step: str) -> None:
    """Nothing without MARKET_WAKE. A wake that fails is logged and disturbs nobody."""
    if settings.MARKET_WAKE:
        wake = partial(_wake, step)
        wake.__qualname__ = f"wake {step}"  # type: ignore[attr-defined] - Django asks a failing one for its name
        transaction.on_commit(wake, robust=True)


def _wake(step: str) -> None:
    wake: Callable[[str], None] = import_string(settings.MARKET_WAKE or "")
    wake(step)
