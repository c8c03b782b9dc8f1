"""Statements that are ended when their time is over, on both databases."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction

STEPS = 20_000  # of SQLite's machine between two looks at the clock: some milliseconds


class TimeIsOver(Exception):
    """A statement was ended before it was done; the transaction around it goes on."""


@contextmanager
def time_limit(seconds: float | None) -> Iterator[None]:
    """The statements inside, which only read, have so long together on SQLite; on PostgreSQL each of them. None: no
    limit, and nothing is done. Raises TimeIsOver."""
    if seconds is None:
        yield
    elif connection.vendor == "postgresql":
        with _statement_timeout(max(1, int(seconds * 1000))):
            yield
    else:
        with _progress_handler(time.monotonic() + seconds):
            yield


@contextmanager
def _statement_timeout(milliseconds: int) -> Iterator[None]:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('statement_timeout', %s, true)", [f"{milliseconds}ms"])
            yield
            # Inside a transaction of the caller it would go on to hold for his statements too.
            cursor.execute("SET LOCAL statement_timeout TO DEFAULT")
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") != "57014":  # query_canceled
            raise
        raise TimeIsOver from error


@contextmanager
def _progress_handler(until: float) -> Iterator[None]:
    connection.ensure_connection()
    handle = connection.connection
    handle.set_progress_handler(lambda: int(time.monotonic() >= until), STEPS)
    try:
        yield
    except OperationalError as error:
        if "interrupted" not in str(error):
            raise
        raise TimeIsOver from error
    finally:
        handle.set_progress_handler(None, 0)
