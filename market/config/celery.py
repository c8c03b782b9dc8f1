"""The same worker steps on Celery: woken after each commit, and every few seconds by beat for what a wake missed."""

import logging
import os
from time import monotonic

from celery import Celery
from celery.exceptions import OperationalError
from celery.signals import setup_logging, worker_init
from django.conf import settings
from django.utils.module_loading import import_string

from search.analysis.streams import streams

logger = logging.getLogger(__name__)

# After a failed wake the broker is left alone for a while: a request must not wait for it again and again.
QUIET_SECONDS = 30.0
_quiet_until = 0.0
# Orders and partners' messages come in bursts: the first event of each moment wakes the worker for all within it.
MOMENT = 0.2
_covered_until = 0.0

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "market.config.settings")
app = Celery("tuanji")
app.conf.update(
    broker_url=settings.CELERY_BROKER_URL or None,
    task_ignore_result=True,
    task_acks_late=True,
    broker_connection_retry_on_startup=True,
    broker_connection_timeout=2.0,
    beat_schedule={"steps": {"task": "market.config.celery.run_worker_steps", "schedule": 5.0}},
)


@setup_logging.connect  # type: ignore[untyped-decorator]
def keep_logging(**_: object) -> None:
    """Django has set it up; Celery, asked nothing, would put lines of its own making in its place."""


@worker_init.connect  # type: ignore[untyped-decorator]
def load_dictionaries(**_: object) -> None:
    """Before the pool forks: its processes share what they only read."""
    streams(["红枣 紅棗 hongzao"], [""])


@app.task  # type: ignore[untyped-decorator]
def run_worker_steps() -> None:
    """All steps until nothing is left; safe to run twice and side by side."""
    run_steps = import_string("market.common.management.commands.worker.run_steps")
    read_clock = import_string("market.common.clock.read_clock")
    done = run_steps(read_clock())
    while done:
        done = run_steps(read_clock(), with_upkeep=False)


def wake(step: str) -> None:
    """Called after commit: the worker starts a moment later and does what is there by then. A broker that is away costs
    the caller nothing but a line in the log: beat comes round."""
    global _quiet_until, _covered_until
    now = monotonic()
    if now < max(_quiet_until, _covered_until):
        return
    try:
        run_worker_steps.apply_async(retry=False, ignore_result=True, countdown=MOMENT)
        _covered_until = now + MOMENT  # before the worker can start: it sees all that was committed until then
    except (OperationalError, OSError) as error:
        _quiet_until = now + QUIET_SECONDS
        logger.warning("the worker could not be woken: %s", type(error).__name__)
