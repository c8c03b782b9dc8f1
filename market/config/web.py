"""`python -m market.config.web`: the web server. The application and its dictionaries are loaded once; workers are
forked from it and share that memory, where the system forks (Linux). See docs/decisions/0006."""

import argparse
import gc

from django.db import connections
from django.urls import get_resolver
from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from market.config import wsgi
from search.analysis.streams import streams
from search.products.words import load_words

TARGET = f"{wsgi.__name__}:application"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m market.config.web")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--threads", type=int, default=4, help="requests a worker answers side by side")
    wishes = parser.parse_args()
    wsgi.application.allow(wishes.threads - 1)
    load()
    Granian(
        TARGET,
        address=wishes.host,
        port=wishes.port,
        interface=Interfaces.WSGI,
        workers=wishes.workers,
        blocking_threads=wishes.threads,
        websockets=False,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
    ).serve()


def load() -> None:
    """Everything a worker needs, with no connection open, and out of the garbage collector's way: forked workers do
    not copy what they only read."""
    get_resolver().url_patterns  # noqa: B018 - read for what it imports
    streams(["红枣 紅棗 hongzao"], [""])
    load_words()
    connections.close_all()
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    main()
