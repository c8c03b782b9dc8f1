"""Background work of the embedded column: one process that calls the steps of MARKET_WORKER_STEPS in turn."""

import gc
import logging
import os
import signal
import threading
from collections.abc import Callable
from datetime import datetime
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser
from django.db import close_old_connections
from django.utils.module_loading import import_string

from market.common.clock import read_clock

logger = logging.getLogger(__name__)

Step = Callable[[datetime], int]


UPKEEP_SECONDS = 5.0


def run_steps(now: datetime, *, with_upkeep: bool = True) -> int:
    """Each step once, those of every round alone without upkeep; returns how much was done. A step that fails is logged
    and does not stop the others."""
    done = 0
    for path, is_of_every_round in settings.MARKET_WORKER_STEPS.items():
        if not (with_upkeep or is_of_every_round):
            continue
        try:
            step: Step = import_string(path)
            done += step(now)
        except Exception:
            logger.exception("worker step %s failed", path)
    return done


class Command(BaseCommand):
    help = "Drain the outbox, process the inbox and run due deadlines until it is stopped."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="work until nothing is left, then stop")
        parser.add_argument("--pause", type=float, default=0.5, help="seconds to wait when there was nothing to do")
        parser.add_argument(
            "--nice",
            type=int,
            default=5,
            help="how far it steps back for the web server on the same cores; 0: not at all",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        if not options["once"]:
            if hasattr(os, "nice"):  # not on Windows
                os.nice(options["nice"])
            for name in (signal.SIGTERM, signal.SIGINT):
                signal.signal(name, lambda *_: stop.set())
        is_warm, upkeep_at = False, 0.0
        while not stop.is_set():
            close_old_connections()
            with_upkeep = options["once"] or monotonic() >= upkeep_at
            if with_upkeep:
                upkeep_at = monotonic() + UPKEEP_SECONDS
            done = run_steps(read_clock(), with_upkeep=with_upkeep)
            if done and not is_warm:
                # Dictionaries are in memory now, for good: the garbage collector need not go through them again.
                gc.collect()
                gc.freeze()
                is_warm = True
            if done == 0:
                if options["once"]:
                    return
                stop.wait(options["pause"])
