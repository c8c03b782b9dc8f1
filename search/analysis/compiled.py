"""What takes long to make of an installed library is made once and kept beside Python's own compiled modules."""

import os
from collections.abc import Callable
from importlib.util import cache_from_source
from pathlib import Path
from zlib import crc32


def compiled(name: str, version: str, make: Callable[[], bytes]) -> bytes:
    """What `make` says, from the file of this version where there is a whole one; else made, and written where that is
    allowed. Any number of processes may come at once: each writes a file of its own and puts it in its place."""
    path = compiled_path(name, version)
    try:
        content = path.read_bytes()
        if content[:8] == _sum(content[8:]):
            return content[8:]
    except OSError:
        pass
    made = make()
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(_sum(made) + made)
        fresh.replace(path)
    except OSError:  # read-only: made again by the next process
        pass
    return made


def compiled_path(name: str, version: str) -> Path:
    return Path(cache_from_source(__file__)).with_name(f"{name}-{version}")


def _sum(content: bytes) -> bytes:
    return b"%08x" % crc32(content)
