"""The last chunk has been checked or written."""

from datetime import datetime

from django.db import transaction

from catalog.imports.models import ImportFile, ImportJob
from catalog.imports.workbook_back import marked_workbook

S = ImportJob.State
_NEXT = {S.CHECKING: (S.CHECKED, "checked_at"), S.RUNNING: (S.DONE, "written_at")}


def finish(job: ImportJob, *, now: datetime) -> int:
    """Makes the workbook that is given back, where anything is wrong, then moves on. Twice changes nothing: 0, as while
    chunks are left."""
    state, stamp = _NEXT[S(job.state)]
    if job.chunks.filter(**{f"{stamp}__isnull": True}).exists():
        return 0
    raw = marked_workbook(job) if job.chunks.filter(wrong__gt=0).exists() else b""
    with transaction.atomic():
        ends = {"finished_at": now} if state == S.DONE else {}
        moved = ImportJob.objects.filter(pk=job.pk, state=job.state).update(state=state, **ends)
        if moved and raw:
            ImportFile.objects.update_or_create(job=job, kind=ImportFile.Kind.MARKED, defaults={"raw": raw})
        elif moved:
            job.files.filter(kind=ImportFile.Kind.MARKED).delete()
    return moved
