"""Which column of a handed-in table is what, told by its heading in any of the three languages, in any order."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _

from catalog.imports.cells import EMPTY, Cell, folded
from catalog.imports.columns import SKU, Column
from market.common.languages import listed

HEADINGS_WITHIN = 20  # rows: people put titles above them
LONGEST_HEADING = 200


@dataclass(frozen=True)
class Layout:
    """`headings` as they stand in the file; `columns` beside them, None where the heading is not known, or stands there
    for the second time. `every`: all columns a table may have."""

    headings: Sequence[str]
    columns: Sequence[Column | None]
    every: Sequence[Column]

    @cached_property
    def places(self) -> Mapping[str, int]:
        return {column.key: place for place, column in enumerate(self.columns) if column is not None}

    @cached_property
    def groups(self) -> frozenset[str]:
        """What keys of the columns begin with, up to the point: channels that have prices, and attributes."""
        return frozenset(key.partition(".")[0] for key in self.places if "." in key)

    @cached_property
    def by_key(self) -> Mapping[str, Column]:
        return {column.key: column for column in self.every}

    def cell(self, cells: Sequence[Cell], key: str) -> Cell:
        """Empty where there is no such column."""
        place = self.places.get(key)
        return cells[place] if place is not None and place < len(cells) else EMPTY

    def wide(self, cells: Sequence[Cell]) -> tuple[Cell, ...]:
        """As many cells as there are columns."""
        width = len(self.columns)
        return (*cells[:width], *(EMPTY,) * (width - len(cells)))

    def title_of(self, key: str, language: str) -> str:
        """A column as it stands in the file, else our name of it; empty where there is none of this key."""
        place, column = self.places.get(key), self.by_key.get(key)
        if place is not None:
            return self.headings[place]
        return column.title(language) if column else ""

    @cached_property
    def keys(self) -> list[str]:
        return [column.key if column else "" for column in self.columns]

    @property
    def remarks(self) -> list[str]:
        """What is in the file and was not read, in words."""
        unknown = [
            heading for heading, column in zip(self.headings, self.columns, strict=True) if heading and column is None
        ]
        if not unknown:
            return []
        return [_("These columns are not known and were not read: %(names)s.") % {"names": listed(unknown[:20])}]


def find_headings(rows: Iterable[tuple[int, Sequence[Cell]]], columns: Sequence[Column]) -> tuple[int, Layout] | None:
    """The row of the headings: the first one that names the code and one thing more."""
    known = {name: column for column in reversed(columns) for name in column.names}
    for number, cells in rows:
        titles = [cell.text[:LONGEST_HEADING].rstrip(" *＊") for cell in cells]
        while titles and not titles[-1]:
            titles.pop()
        found: list[Column | None] = []
        for title in titles:
            column = known.get(folded(title)) if title else None
            found.append(None if column in found else column)
        if sum(column is not None for column in found) > 1 and any(column and column.key == SKU for column in found):
            return number, Layout(titles, found, columns)
    return None


def layout_from(headings: Sequence[str], keys: Sequence[str], columns: Sequence[Column]) -> Layout:
    """A layout as it was kept. A column that is no longer known is unknown now."""
    by_key = {column.key: column for column in columns}
    return Layout(headings, [by_key.get(key) for key in keys], columns)
