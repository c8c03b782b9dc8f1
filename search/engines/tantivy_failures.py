"""Everything that can go wrong below the engine becomes an EngineError, so that the fallback answers."""

from collections.abc import Iterator
from contextlib import contextmanager

from search.engines.base import EngineError


@contextmanager
def disk_failures() -> Iterator[None]:
    """The disk: full, gone, not ours."""
    try:
        yield
    except OSError as error:
        raise EngineError(f"the index folder: {error}") from error


@contextmanager
def index_failures() -> Iterator[None]:
    """Around calls whose arguments we have checked: what fails now is the index. A panic is a BaseException."""
    try:
        yield
    except EngineError:
        raise
    except (ValueError, RuntimeError, OSError) as error:
        raise EngineError(f"tantivy: {error}") from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise EngineError(f"tantivy panicked: {error}") from error
