"""Log lines without what they must not hold: keys, addresses that are keys, and the people in what was worked on.

Stack frames stay. Of a database's error its code and the constraint stay, since its text quotes whole rows; of other
errors the text, without what looks like a person's number or address.
"""

import logging
import re
import traceback
from collections.abc import Iterator
from types import TracebackType

from django.db import Error as DatabaseFailure

LINE = "%(asctime)s %(levelname)s %(name)s %(message)s"
HIDDEN = "•••"
_HEADS = (r"whsec_", r"whsk_", r"\bsk_(?:live|test)_", r"\bBasic ", r"\bBearer ", r"\bv1a?,", r"/d/")
_NAMED = r"\b(?:signature|token|secret|key|password)="
_KEYS = re.compile(rf"({'|'.join((*_HEADS, _NAMED))})[A-Za-z0-9+/=_.~-]{{8,}}")
_PEOPLE = re.compile(r"[^\s@'\"]+@[^\s@'\"]+|\+?\d[\d -]{5,}\d")
_ErrorInfo = tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]


class QuietFormatter(logging.Formatter):
    def __init__(self, fmt: str = LINE) -> None:
        super().__init__(fmt)

    def format(self, record: logging.LogRecord) -> str:
        return without_keys(super().format(record))

    def formatException(self, ei: _ErrorInfo) -> str:  # noqa: N802 - the name of logging
        between = "\n\nwhile this was handled, or because of it:\n\n"
        return between.join(_told(error) for error in reversed(list(_chain(ei[1])))).rstrip()


def without_keys(text: str) -> str:
    return _KEYS.sub(rf"\1{HIDDEN}", text)


def said(error: BaseException) -> str:
    """What may be kept of an error: its type, and of its text what names nobody."""
    name = type(error).__name__
    if isinstance(error, DatabaseFailure):
        cause = error.__cause__
        diagnosis = getattr(cause, "diag", None)
        known = (getattr(cause, "sqlstate", None), getattr(diagnosis, "constraint_name", None))
        return " ".join([name, *filter(None, known)])
    if getattr(error, "diag", None) is not None or type(error).__module__ == "sqlite3":
        return name
    text = _PEOPLE.sub(HIDDEN, without_keys(str(error)))
    return f"{name}: {text}" if text else name


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _told(error: BaseException) -> str:
    frames = "".join(traceback.format_tb(error.__traceback__))
    return f"Traceback (most recent call last):\n{frames}{said(error)}"
