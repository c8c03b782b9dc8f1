"""Calls that are under way: made in threads of their own, brought home by the worker's step that sent them.

A thread gets values and returns values; it never touches the database. What a killed process had under way is claimed
anew when its claims have run out.
"""

from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import Generic, TypeVar

Ticket = TypeVar("Ticket")
Value = TypeVar("Value")
Outcome = TypeVar("Outcome")


class Flights(Generic[Ticket, Value, Outcome]):
    """At most `threads` calls at a time. Belongs to one thread of the worker."""

    def __init__(self, threads: int, name: str) -> None:
        self.threads, self.name = threads, name
        self._pool: ThreadPoolExecutor | None = None
        self._flying: dict[Future[Outcome], Ticket] = {}

    def __len__(self) -> int:
        return len(self._flying)

    @property
    def room(self) -> int:
        return self.threads - len(self._flying)

    def take_off(self, ticket: Ticket, call: Callable[[Value], Outcome], value: Value) -> None:
        if self._pool is None:
            self._pool = ThreadPoolExecutor(self.threads, thread_name_prefix=self.name)
        self._flying[self._pool.submit(call, value)] = ticket

    def bring_home(self, patience: float = 0) -> list[tuple[Ticket, Outcome]]:
        """Those that have ended; waits up to `patience` seconds for a first one. A call must not raise."""
        done, _under_way = wait(self._flying, timeout=patience, return_when=FIRST_COMPLETED)
        return [(self._flying.pop(future), future.result()) for future in done]

    def forget(self) -> None:
        """Waits for the calls under way and forgets what came of them."""
        wait(self._flying)
        self._flying.clear()
