"""The next rows of a job are looked at, or written: one chunk, one transaction, the same check."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import override

from catalog.imports.actions.write_rows import write_rows
from catalog.imports.cells import BadCell, code_of, number_of
from catalog.imports.check import Checked, Checker
from catalog.imports.columns import PRODUCT_NUMBER, SKU
from catalog.imports.known import Known, Surroundings, layout_of, read_known, surroundings_of
from catalog.imports.layout import Layout
from catalog.imports.models import ImportChunk, ImportJob
from catalog.imports.staging import Row, rows_from_text
from catalog.imports.verdicts import Outcome, Problem, Verdict, verdicts_from_text, verdicts_to_text

S = ImportJob.State


def check_next(job: ImportJob, *, now: datetime) -> int:
    """Looks at the next chunk of a job that is being checked. Returns how many rows; 0 when none is left, or another
    worker is at it."""
    return _next(job, S.CHECKING, "checked_at", now)


def run_next(job: ImportJob, *, now: datetime) -> int:
    """Writes the good rows of the next chunk of a job that runs: with their events and with the note that they are
    written, or not at all. What is wrong stays out; so does what somebody else has changed since the check saw it."""
    return _next(job, S.RUNNING, "written_at", now)


def _next(job: ImportJob, state: str, stamp: str, now: datetime) -> int:
    with transaction.atomic(), override(job.language):
        if not _lock(job, state):
            return 0
        chunk = job.chunks.filter(**{f"{stamp}__isnull": True}).order_by("position").first()
        if chunk is None:
            return 0
        verdicts = _work_on(job, chunk, is_run=state == S.RUNNING, now=now)
        counts = Counter(verdict.outcome for verdict in verdicts)
        chunk.verdicts = verdicts_to_text(verdicts)
        chunk.wrong = counts[Outcome.WRONG]
        setattr(chunk, stamp, now)
        chunk.save(update_fields=["verdicts", "wrong", stamp])
        ImportJob.objects.filter(pk=job.pk).update(
            attempts=0, **{outcome.value: F(outcome.value) + counts[outcome] for outcome in Outcome}
        )
    return len(verdicts)


def _lock(job: ImportJob, state: str) -> bool:
    rows = ImportJob.objects.filter(pk=job.pk, state=state)
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    return bool(rows.values_list("pk", flat=True))


def _work_on(job: ImportJob, chunk: ImportChunk, *, is_run: bool, now: datetime) -> list[Verdict]:
    around = surroundings_of(job.enterprise)
    layout, rows = layout_of(job, around), rows_from_text(chunk.rows)
    known = _known(job, layout, rows, lock=is_run)
    checker = Checker(around, known, layout, language=job.language, publishes=job.publishes)
    checked = checker.check(rows)
    if not is_run:
        return checked.verdicts
    return _write(checked, verdicts_from_text(chunk.verdicts), around, known, now)


def _known(job: ImportJob, layout: Layout, rows: Sequence[Row], *, lock: bool) -> Known:
    codes, numbers = set(), set()
    for row in rows:
        try:
            codes.add(code_of(layout.cell(row.cells, SKU), 200))
            number = layout.cell(row.cells, PRODUCT_NUMBER)
            if number.text:
                numbers.add(int(number_of(number, 0, job.language)))
        except BadCell:
            continue  # the check says so
    return read_known(job.enterprise, codes - {""}, numbers, lock=lock)


def _write(
    checked: Checked, seen_before: Sequence[Verdict], around: Surroundings, known: Known, now: datetime
) -> list[Verdict]:
    """A product that is not written takes its packings with it, as in the check."""
    before = {verdict.number: verdict for verdict in seen_before}
    verdicts = {one.number: _since(before.get(one.number), one) for one in checked.verdicts}
    good = [plan for plan in checked.plans if verdicts[plan.number].outcome != Outcome.WRONG]
    write_rows(good, around, known, now=now)
    return list(verdicts.values())


def _since(before: Verdict | None, now: Verdict) -> Verdict:
    """What was wrong stays wrong, whatever has become of it: nobody has said yes to it."""
    if before is None or before.outcome == Outcome.WRONG:
        return before or now
    if now.outcome in (Outcome.UNCHANGED, Outcome.WRONG) or now.seen == before.seen:
        return now
    reason = _("somebody has changed this since the table was checked")
    hint = _("Look at the product, and hand the table in again if yours still holds.")
    return replace(now, outcome=Outcome.WRONG, problems=(Problem("", "", reason, hint),), changes=())
