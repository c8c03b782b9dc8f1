"""Rows of a table, put beside what they belong to: one row for each packing, those of one product in one chunk. What
can only be seen looking at the whole file is noted here. Pure."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import orjson

from catalog.imports.cells import EMPTY, Cell, cell_from, code_key, folded
from catalog.imports.columns import PRODUCT_NUMBER, SKU, Part
from catalog.imports.layout import Layout

CHUNK: Final = 500
MOST_OF_CHUNK: Final = 700


@dataclass(frozen=True, slots=True)
class Row:
    """`number`: as the program that made the file counts. `lead`: the first row of the same product, itself perhaps.
    `twice`: the row that has the same code before it. `differs`: places of columns in which it says something else of
    the product than its lead. `is_apart`: a new product's row that does not stand with its others."""

    number: int
    cells: tuple[Cell, ...]
    lead: int
    twice: int = 0
    differs: tuple[int, ...] = ()
    is_apart: bool = False

    def stored(self) -> list[Any]:
        cells = [cell.stored() for cell in self.cells]
        return [self.number, cells, self.lead, self.twice, self.differs, self.is_apart]


def rows_to_text(rows: Iterable[Row]) -> str:
    return orjson.dumps([row.stored() for row in rows]).decode()


def rows_from_text(text: str) -> list[Row]:
    return [
        Row(
            number, tuple([cell_from(cell) if cell else EMPTY for cell in cells]), lead, twice, tuple(differs), is_apart
        )
        for number, cells, lead, twice, differs, is_apart in orjson.loads(text)
    ]


@dataclass
class _Lead:
    number: int
    marks: tuple[int, ...]  # of its product's cells; nought where one is empty


class Stager:
    """`products`: `code_key` -> the enterprise's product that has a packing of it."""

    def __init__(self, layout: Layout, products: Mapping[str, int]) -> None:
        self._layout = layout
        self._products = products
        self._codes: dict[tuple[str, str], int] = {}
        self._leads: dict[object, _Lead] = {}
        self._by_marks: dict[tuple[int, ...], object] = {}
        self._last: object = None
        of_product = [column is not None and column.part == Part.PRODUCT for column in layout.columns]
        number = layout.places.get(PRODUCT_NUMBER)
        self._places = [place for place, is_one in enumerate(of_product) if is_one and place != number]

    def stage(self, number: int, given: Sequence[Cell]) -> Row:
        cells = self._layout.wide(given)
        code = code_key(self._layout.cell(cells, SKU).text)
        marks = tuple(hash(folded(text)) if (text := cells[place].text) else 0 for place in self._places)
        key, is_apart = self._product_of(number, cells, code, marks)
        lead = self._leads.get(key)
        if lead is None or (any(marks) and not any(lead.marks)):  # the first that says anything speaks for the product
            lead = self._leads[key] = _Lead(number, marks)
            self._by_marks.setdefault(marks, key)
        differs = tuple(
            place
            for place, mark, of_lead in zip(self._places, marks, lead.marks, strict=True)
            if mark and mark != of_lead
        )
        told = self._layout.cell(cells, PRODUCT_NUMBER).text or str(self._products.get(code, ""))
        twice = self._codes.setdefault((told, code), number) if code else number
        self._last = key
        return Row(number, cells, lead.number, 0 if twice == number else twice, differs, is_apart)

    def _product_of(
        self, number: int, cells: tuple[Cell, ...], code: str, marks: tuple[int, ...]
    ) -> tuple[object, bool]:
        """What stands for the row's product, and whether a new one's rows stand apart."""
        told = self._layout.cell(cells, PRODUCT_NUMBER).text
        if told:
            return ("told", told), False
        known = self._products.get(code)
        if known is not None:
            return ("told", str(known)), False
        last = self._leads.get(self._last)
        if last is not None and all(not mark or mark == of for mark, of in zip(marks, last.marks, strict=True)):
            return self._last, False
        same = self._by_marks.get(marks) if any(marks) else None
        is_new = isinstance(same, int)
        return (same, True) if is_new else (number, False)


def chunks_of(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Of some 500 rows; a product's rows stay together, up to a limit that no honest product reaches."""
    chunk: list[Row] = []
    for row in rows:
        is_new = not chunk or row.lead != chunk[-1].lead
        if chunk and ((len(chunk) >= CHUNK and is_new) or len(chunk) >= MOST_OF_CHUNK):
            yield chunk
            chunk = []
        chunk.append(row)
    if chunk:
        yield chunk
