"""Reads of handed-in tables, for pages and programs."""

from collections import Counter
from collections.abc import Sequence
from typing import overload

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from catalog.imports.columns import SKU
from catalog.imports.known import Surroundings, layout_of, surroundings_of
from catalog.imports.models import ImportFile, ImportJob
from catalog.imports.staging import rows_from_text
from catalog.imports.verdicts import Outcome, WrongCell, verdicts_from_text
from market.common.errors import NotFound
from market.common.languages import active_language
from market.enterprises.models import Enterprise


def own_imports(enterprise: Enterprise) -> QuerySet[ImportJob]:
    """Newest first."""
    return ImportJob.objects.for_enterprise(enterprise.pk).select_related("by").order_by("-pk")


def own_import(enterprise: Enterprise, number: str) -> ImportJob:
    """Raises NotFound for another's, as for one that does not exist."""
    job = own_imports(enterprise).filter(number=number).first()
    if job is None:
        raise NotFound()
    return job


def marked_file(job: ImportJob) -> bytes:
    """The workbook given back. Raises NotFound where nothing is wrong, or it is not checked yet."""
    raw = job.files.filter(kind=ImportFile.Kind.MARKED).values_list("raw", flat=True).first()
    if raw is None:
        raise NotFound()
    return bytes(raw)


class WrongRows(Sequence[list[WrongCell]]):
    """The wrong rows of a job in their order, each as its wrong cells. A slice reads the chunks it needs."""

    def __init__(self, job: ImportJob, around: Surroundings | None = None) -> None:
        self._job = job
        self._chunks = list(job.chunks.filter(wrong__gt=0).order_by("position").values_list("pk", "wrong"))
        self._layout = layout_of(job, around or surroundings_of(job.enterprise))

    def __len__(self) -> int:
        return sum(wrong for _pk, wrong in self._chunks)

    @overload
    def __getitem__(self, place: int) -> list[WrongCell]: ...
    @overload
    def __getitem__(self, place: slice) -> "list[list[WrongCell]]": ...
    def __getitem__(self, place: int | slice) -> "list[WrongCell] | list[list[WrongCell]]":
        if isinstance(place, int):
            return self[place : place + 1][0]
        first, last, _step = place.indices(len(self))
        found: list[list[WrongCell]] = []
        before = 0
        for pk, wrong in self._chunks:
            if before < last and before + wrong > first:
                found += self._rows_of(pk)[max(0, first - before) : last - before]
            before += wrong
        return found

    def _rows_of(self, chunk: int) -> list[list[WrongCell]]:
        rows, verdicts = self._job.chunks.values_list("rows", "verdicts").get(pk=chunk)
        language = active_language()
        skus = {row.number: self._layout.cell(row.cells, SKU).text[:40] for row in rows_from_text(rows)}
        return [
            [
                WrongCell(
                    one.number,
                    skus[one.number],
                    cell.key,
                    self._layout.title_of(cell.key, language),
                    cell.value,
                    cell.reason,
                    cell.hint,
                )
                for cell in one.problems
            ]
            for one in verdicts_from_text(verdicts)
            if one.outcome == Outcome.WRONG
        ]


def what_changes(job: ImportJob) -> list[tuple[str, int]]:
    """What would change, or did, in what is there already, and in how many rows; the most frequent first."""
    counted: Counter[str] = Counter()
    for verdicts in job.chunks.values_list("verdicts", flat=True).iterator(chunk_size=5):
        for one in verdicts_from_text(verdicts):
            counted.update(one.changes)
    if not counted:
        return []
    around = surroundings_of(job.enterprise)
    language = active_language()
    names = {column.key: column.title(language) for column in around.columns}
    names |= {one.code: _("price, %(channel)s") % {"channel": one.name} for one in around.channels}
    names["packing"] = _("packing")
    return [(names.get(key, key), times) for key, times in counted.most_common()]
