"""The worker's step: handed-in tables are read, checked and taken over, a chunk of each at a time."""

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from catalog.imports.actions.check_chunk import check_next, run_next
from catalog.imports.actions.finish import finish
from catalog.imports.actions.read_file import read_file
from catalog.imports.models import ImportJob

logger = logging.getLogger(__name__)
AT_ONCE = 5
MOST_FAILURES = 20  # in a row: some two hours
S = ImportJob.State
_DO = {S.CHECKING: check_next, S.RUNNING: run_next}


def work_on_imports(now: datetime) -> int:
    """The oldest jobs, one step of each, so that a large one keeps nobody waiting. Returns how many steps were done.
    What fails is said, waits a while and is tried again, for some hours."""
    waiting = Q(claimed_until=None) | Q(claimed_until__lte=now) | Q(claimed_until__gt=now + timedelta(hours=1))
    at_work = ImportJob.objects.filter(waiting, state__in=[S.READING, S.CHECKING, S.RUNNING])
    done = 0
    for job in at_work.select_related("enterprise__unit").order_by("pk")[:AT_ONCE]:
        try:
            done += _step(job, now)
        except Exception:
            logger.exception("import %s failed", job.number)
            if job.attempts + 1 >= MOST_FAILURES:
                _give_up(job, now)
                continue
            wait = timedelta(seconds=min(2**job.attempts * 5, 600))
            ImportJob.objects.filter(pk=job.pk, state=job.state).update(
                claimed_until=now + wait, attempts=job.attempts + 1
            )
    return done


def _give_up(job: ImportJob, now: datetime) -> None:
    """A chunk that fails again and again: the seller is told, and may hand in anew."""
    with override(job.language):
        problem = _(
            "This table could not be worked on, several times. What has been taken over stays. Please hand the rest in"
            " as smaller tables: then the rows that are the trouble can be found."
        )
    ImportJob.objects.filter(pk=job.pk, state=job.state).update(
        state=S.UNREADABLE, problem=problem, finished_at=now, claimed_until=None
    )


def _step(job: ImportJob, now: datetime) -> int:
    if job.state == S.READING:
        return bool(read_file(job, now=now))
    if _DO[S(job.state)](job, now=now):
        return 1
    return finish(job, now=now)


def forget_old(now: datetime) -> int:
    """What was handed in more than a month ago goes, a job at a time; what it made stays."""
    old = ImportJob.objects.filter(created_at__lt=now - timedelta(days=31)).exclude(state=S.RUNNING)
    job = old.order_by("created_at").first()
    if job is None:
        return 0
    with transaction.atomic():
        job.delete()
    return 1
