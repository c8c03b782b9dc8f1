"""A handed-in file becomes rows in chunks. Outside any long transaction: it takes seconds, and may die on the way."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext as _
from django.utils.translation import override

from catalog.imports.errors import UnreadableFile
from catalog.imports.known import codes_of, surroundings_of
from catalog.imports.models import ImportChunk, ImportFile, ImportJob
from catalog.imports.reading import open_table
from catalog.imports.staging import Stager, chunks_of, rows_to_text
from market.common.errors import Conflict

LEASE = timedelta(minutes=5)
MOST_ATTEMPTS = 3


def read_file(job: ImportJob, *, now: datetime) -> int:
    """Claims the job, reads, leaves it to be checked, or unreadable with the reason. Whoever died on the way is
    followed by another, who begins anew. Returns how many rows there are; 0 also when another is at it."""
    free = Q(claimed_until=None) | Q(claimed_until__lt=now) | Q(claimed_until__gt=now + 2 * LEASE)
    until = now + LEASE
    mine = ImportJob.objects.filter(pk=job.pk, state=ImportJob.State.READING)
    if not mine.filter(free).update(claimed_until=until, attempts=F("attempts") + 1):
        return 0
    job.refresh_from_db()
    with override(job.language):
        try:
            if job.attempts > MOST_ATTEMPTS:
                raise UnreadableFile(reason=_("The file could not be read, several times: please save it anew."))
            return _read(job, until)
        except UnreadableFile as error:
            with transaction.atomic():
                if mine.filter(claimed_until=until).update(
                    state=ImportJob.State.UNREADABLE, problem=error.message, finished_at=now, claimed_until=None
                ):
                    job.chunks.all().delete()
                    job.files.all().delete()
            return 0


def _read(job: ImportJob, until: datetime) -> int:
    """Raises UnreadableFile; Conflict when the claim was lost on the way."""
    raw = bytes(ImportFile.objects.get(job=job, kind=ImportFile.Kind.GIVEN).raw)
    table = open_table(raw, surroundings_of(job.enterprise).columns)
    stager = Stager(table.layout, codes_of(job.enterprise))
    job.chunks.all().delete()
    total = 0
    for position, rows in enumerate(chunks_of(stager.stage(number, cells) for number, cells in table.rows)):
        with transaction.atomic():
            if not ImportJob.objects.filter(pk=job.pk, claimed_until=until).update(total=total + len(rows)):
                raise Conflict()
            ImportChunk.objects.create(job=job, position=position, rows=rows_to_text(rows))
        total += len(rows)
    if not total:
        raise UnreadableFile(reason=_("There are headings in the file, but no rows below them."))
    with transaction.atomic():
        is_mine = ImportJob.objects.filter(pk=job.pk, claimed_until=until).update(
            state=ImportJob.State.CHECKING,
            headings=list(table.layout.headings),
            keys=table.layout.keys,
            remarks=table.remarks,
            claimed_until=None,
            attempts=0,
        )
        if not is_mine:
            raise Conflict()
        job.files.filter(kind=ImportFile.Kind.GIVEN).delete()
    return total
