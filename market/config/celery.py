"""The same worker steps on Celery: woken after each commit, and every few seconds by beat for what a wake missed."""

import os

from celery import Celery
from django.conf import settings
from django.utils.module_loading import import_string

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "market.config.settings")
app = Celery("tuanji")
app.conf.update(
    broker_url=settings.CELERY_BROKER_URL or None,
    task_ignore_result=True,
    task_acks_late=True,
    broker_connection_retry_on_startup=True,
    beat_schedule={"steps": {"task": "market.config.celery.run_worker_steps", "schedule": 5.0}},
)


@app.task  # type: ignore[untyped-decorator]
def run_worker_steps() -> None:
    """All steps until nothing is left; safe to run twice and side by side."""
    run_steps = import_string("market.common.management.commands.worker.run_steps")
    read_clock = import_string("market.common.clock.read_clock")
    while run_steps(read_clock()):
        pass


def wake(step: str) -> None:
    """Called after commit. A broker that is away costs nothing: beat comes round."""
    run_worker_steps.apply_async(retry=False, ignore_result=True)
