"""Somebody has looked at what the check says, and says yes."""

from datetime import datetime

from django.db import IntegrityError, transaction

from catalog.imports.errors import AnotherIsRunning, NothingToRun, RowsAreWrong
from catalog.imports.models import ImportJob
from catalog.imports.states import MOVES
from market.common.errors import NotFound
from market.common.states import check_move
from market.common.wake import wake_after_commit

S = ImportJob.State


def run_import(job: ImportJob, *, takes_good_rows: bool, now: datetime) -> ImportJob:
    """The worker takes the rows over from here on. Asked again, while it runs or afterwards, nothing happens.

    With wrong rows among them only when `takes_good_rows`, else RowsAreWrong. Raises NothingToRun, AnotherIsRunning,
    and IllegalMove while it is not checked yet."""
    try:
        with transaction.atomic():
            row = ImportJob.objects.select_for_update().filter(pk=job.pk).first()
            if row is None:
                raise NotFound()
            if row.state in (S.RUNNING, S.DONE):
                return row
            check_move(MOVES, row.state, S.RUNNING)
            if not row.good:
                raise NothingToRun()
            if row.wrong and not takes_good_rows:
                raise RowsAreWrong(wrong=row.wrong)
            row.state, row.started_at, row.claimed_until, row.attempts = S.RUNNING, now, None, 0
            row.new = row.changed = row.unchanged = row.wrong = 0
            row.save()
            wake_after_commit("imports")
    except IntegrityError as error:
        raise AnotherIsRunning() from error
    return row
