"""Everything that can go wrong below the engine becomes an EngineError, so that the fallback answers."""

from collections.abc import Iterator
from contextlib import contextmanager

from search.engines.base import DISK, EngineError

# A full or failing disk as tantivy tells of it, and one that takes no writing.
_DISK_SIGNS = ("No space left", "io::Error", "ReadOnlyFilesystem", "PermissionDenied", "Permission denied")


@contextmanager
def disk_failures() -> Iterator[None]:
    """The disk: full, gone, not ours."""
    try:
        yield
    except OSError as error:
        raise EngineError(f"the index folder: {error}", DISK) from error


@contextmanager
def index_failures() -> Iterator[None]:
    """Around calls whose arguments we have checked: what fails now is the index. A panic is a BaseException."""
    try:
        yield
    except EngineError:
        raise
    except (ValueError, RuntimeError, OSError) as error:
        if isinstance(error, OSError) or any(sign in str(error) for sign in _DISK_SIGNS):
            raise EngineError(f"the index folder cannot be used, is its disk full? {error}", DISK) from error
        raise EngineError(str(error)) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":
            raise
        raise EngineError(f"tantivy panicked: {error}") from error
