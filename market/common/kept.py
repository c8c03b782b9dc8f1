"""Small tables that hardly ever change (categories, channels, places), kept in memory and read again now and then.

Every process keeps its own copy, so that a change shows everywhere within `seconds` and nothing has to tell anybody.
Nothing that a price, a stock or a permission depends on belongs here.
"""

import time
from collections.abc import Callable, Iterable, Mapping
from typing import Generic, TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")

_all: "list[Kept[object] | KeptRows[object, object]]" = []


def forget_kept() -> None:
    """The next look reads everything again."""
    for one in _all:
        one.forget()


class Kept(Generic[Value]):
    """One value, such as a whole small table."""

    def __init__(self, read: Callable[[], Value], *, seconds: float) -> None:
        self._read, self._seconds = read, seconds
        self._value: tuple[float, Value] | None = None
        _all.append(self)  # type: ignore[arg-type]

    def get(self) -> Value:
        kept = self._value
        if kept is None or time.monotonic() >= kept[0]:
            kept = self._value = (time.monotonic() + self._seconds, self._read())
        return kept[1]

    def forget(self) -> None:
        self._value = None


class KeptRows(Generic[Key, Value]):
    """Rows by key: one statement for those not seen yet, none when all are known. What is not there is not kept, so
    keys that somebody makes up fill no memory."""

    def __init__(self, read: Callable[[list[Key]], Mapping[Key, Value]], *, seconds: float) -> None:
        self._read, self._seconds = read, seconds
        self._rows: tuple[float, dict[Key, Value]] = (0.0, {})
        _all.append(self)  # type: ignore[arg-type]

    def get(self, keys: Iterable[Key]) -> dict[Key, Value]:
        """In the order asked for; without those that are not there."""
        wanted = list(dict.fromkeys(keys))
        until, rows = self._rows
        if time.monotonic() >= until:
            until, rows = self._rows = (time.monotonic() + self._seconds, {})
        missing = [key for key in wanted if key not in rows]
        if missing:
            rows.update(self._read(missing))
        return {key: rows[key] for key in wanted if key in rows}

    def forget(self) -> None:
        self._rows = (0.0, {})
