"""Writers of an embedded index take turns, from drawing the version to the commit: it forgets the versions of deleted
documents, so a slow older write could bring one back. A killed process gives its turn up at once."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db import connection

from search.engines.base import AWAY, DISK, EngineError

WAIT_SECONDS = 30.0
REBUILD_KEY = 7_301_001
_PAUSE = 0.02

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]


class NoTurn(EngineError):
    """Nothing has been done: somebody else is at the index, or its folder cannot be written."""

    cause = AWAY


@contextmanager
def writers_turn(*, wait: float | None = None) -> Iterator[None]:
    """Between processes and threads of one host; other engines guard themselves by versions. Raises NoTurn."""
    folder = _index_folder()
    if folder is None:
        yield
        return
    with _locked(folder / ".write.lock", WAIT_SECONDS if wait is None else wait):
        yield


@contextmanager
def rebuild_turn() -> Iterator[None]:
    """One rebuild at a time, everywhere. Raises NoTurn at once when another one runs."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_try_advisory_lock(%s)", [REBUILD_KEY])
            row = cursor.fetchone()
            if row is None or not row[0]:
                raise NoTurn("another process is rebuilding the index")
            try:
                yield
            finally:
                cursor.execute("SELECT pg_advisory_unlock(%s)", [REBUILD_KEY])
        return
    with _locked((_index_folder() or settings.DATA_DIR) / ".rebuild.lock", 0.0):
        yield


def _index_folder() -> Path | None:
    for parts in map(urlsplit, (settings.SEARCH_URL, settings.SEARCH_FALLBACK_URL)):
        if parts.scheme == "tantivy":
            return Path(unquote(parts.netloc + parts.path))
    return None


@contextmanager
def _locked(path: Path, wait: float) -> Iterator[None]:
    deadline = time.monotonic() + wait
    handle = _opened(path)
    try:
        while not _lock(handle):
            if time.monotonic() >= deadline:
                raise NoTurn(f"another process has been at the index for {wait:g} s")
            time.sleep(_PAUSE)
        yield
    finally:
        os.close(handle)  # gives the lock up too


def _opened(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise NoTurn(f"the index folder: {error}", DISK) from error


def _lock(handle: int) -> bool:
    if fcntl is not None:
        with suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return True
        return False
    import msvcrt  # type: ignore[unreachable]

    with suppress(OSError):
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        return True
    return False
