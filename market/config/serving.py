"""The application, loaded once, and granian's workers forked from it, which share that memory where the system forks
(Linux). See docs/decisions/0006."""

import gc

from django.db import connections
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from market.config import wsgi
from market.config.pages import load_pages
from search.analysis.streams import streams
from search.products.words import load_words

TARGET = f"{wsgi.__name__}:application"


def serve(*, host: str, port: int, workers: int, threads: int) -> None:
    wsgi.application.allow(threads - 1)
    load()
    Granian(
        TARGET,
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=workers,
        blocking_threads=threads,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
    ).serve()


def load() -> None:
    """Everything a worker needs, with no connection open, and out of the garbage collector's way for good: forked
    workers do not copy what they only read. The little garbage there is by then is kept."""
    load_pages()
    streams(["红枣 紅棗 hongzao"], [""])
    load_words()
    connections.close_all()
    gc.freeze()
    gc.enable()
