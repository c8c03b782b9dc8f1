"""Things done at the same moment, each on a connection of its own."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from django.db import connection

from market.common.errors import MarketError


def at_once(acts: Sequence[Callable[[], Any]]) -> Counter[str]:
    """How many were `done`; the others by the code of the refusal, or by the error."""
    heard: Counter[str] = Counter()
    start, lock = threading.Barrier(len(acts)), threading.Lock()

    def act(step: Callable[[], Any]) -> None:
        connection.ensure_connection()
        start.wait()
        try:
            step()
            outcome = "done"
        except MarketError as error:
            outcome = error.code
        except Exception as error:  # noqa: BLE001 - whatever it is, it is counted and the test sees it
            outcome = type(error).__name__
        finally:
            connection.close()
        with lock:
            heard[outcome] += 1

    threads = [threading.Thread(target=act, args=(step,)) for step in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return heard
