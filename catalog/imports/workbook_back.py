"""The seller's own rows back: what is wrong red, with reason and hint in a comment and in the first column."""

from collections.abc import Iterator
from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import override

from catalog.imports.cells import NUMBER, Cell
from catalog.imports.columns import REMARKS, Part
from catalog.imports.known import layout_of, surroundings_of
from catalog.imports.layout import Layout
from catalog.imports.models import ImportJob
from catalog.imports.staging import Row, rows_from_text
from catalog.imports.verdicts import Outcome, Problem, Verdict, verdicts_from_text
from catalog.imports.workbook_out import Book, Value
from market.common.languages import clauses

MOST_COMMENTS = 5_000  # spreadsheets grow slow with them; the first column says it all


def marked_workbook(job: ImportJob) -> bytes:
    """Every row, in its order, under the headings it came with; our drop-down lists below them."""
    with override(job.language):
        layout = layout_of(job, surroundings_of(job.enterprise))
        own = [place for place, one in enumerate(layout.columns) if one is None or one.part != Part.REMARK]
        columns = [REMARKS, *(layout.columns[place] for place in own)]
        headings = [REMARKS.title(job.language), *(layout.headings[place] for place in own)]
        book = Book(_("Products"), columns, headings, job.language)
        left = MOST_COMMENTS
        for row, verdict in _rows(job):
            wrong = {one.key: one for one in verdict.problems} if verdict.outcome == Outcome.WRONG else {}
            cells = [_value(row.cells[place], layout.keys[place], wrong, left > 0) for place in own]
            left -= len(wrong)
            words = clauses(_said(one, layout, job.language) for one in wrong.values())
            book.append([Value(words or None, is_wrong=bool(wrong)), *cells])
        return book.saved()


def _rows(job: ImportJob) -> Iterator[tuple[Row, Verdict]]:
    for chunk in job.chunks.order_by("position").iterator(chunk_size=1):
        verdicts = {one.number: one for one in verdicts_from_text(chunk.verdicts)}
        for row in rows_from_text(chunk.rows):
            yield row, verdicts.get(row.number) or Verdict(row.number, Outcome.UNCHANGED)


def _value(cell: Cell, key: str, wrong: dict[str, Problem], has_comments: bool) -> Value:
    problem = wrong.get(key) if key else None
    value = Decimal(cell.text) if cell.kind == NUMBER else cell.text or None
    if problem is None:
        return Value(value)
    words = f"{problem.reason}\n{problem.hint}".strip() if has_comments else ""
    return Value(value, is_wrong=True, comment=words)


def _said(problem: Problem, layout: Layout, language: str) -> str:
    column = layout.by_key.get(problem.key)
    return f"{column.title(language)}: {problem.reason}" if column else problem.reason
