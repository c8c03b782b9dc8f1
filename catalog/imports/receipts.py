"""A table of receipts: goods of many lots that came in. Read row by row; what each would do is judged by
`catalog.lots.receipts`, beforehand and again when it is done. Nothing is written here."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext as _

from catalog.imports.cells import code_key
from catalog.imports.columns import PRODUCT_NUMBER, SKU
from catalog.imports.errors import UnreadableFile
from catalog.imports.layout import Layout
from catalog.imports.reading import open_table
from catalog.imports.receipt_columns import (
    BEST_BEFORE,
    GRADE,
    HARVESTED_FROM,
    HARVESTED_TO,
    LOT,
    MOST_RECEIPTS,
    PAPER,
    QUANTITY,
    WAREHOUSE,
    receipt_columns,
)
from catalog.imports.said import Said
from catalog.imports.verdicts import WrongCell
from catalog.lots.receipts import LONGEST_NUMBER, LONGEST_PAPER, Outcome, Receipt, Weighed, read_facts, weigh
from catalog.products.models import Variant
from catalog.stock.models import Warehouse
from market.common.languages import active_language
from market.enterprises.models import Enterprise

# Fields of a receipt that stand in a column of another name.
_COLUMNS: Final = {"variant_id": SKU, "warehouse_id": WAREHOUSE}


@dataclass
class ReceiptTable:
    """`good`: receipts of rows that can be read and are right, new or known. `skipped`: rows without a quantity."""

    good: list[Weighed] = field(default_factory=list)
    wrong: list[WrongCell] = field(default_factory=list)
    skipped: int = 0
    remarks: list[str] = field(default_factory=list)

    @property
    def new(self) -> list[Receipt]:
        return [one.receipt for one in self.good if one.outcome == Outcome.NEW]

    @property
    def known(self) -> int:
        return len(self.good) - len(self.new)

    @property
    def wrong_rows(self) -> int:
        return len({cell.row for cell in self.wrong})


def look_at_receipts(enterprise: Enterprise, raw: bytes) -> ReceiptTable:
    """What each row of a handed-in table would do. Six statements, however many rows. Raises UnreadableFile."""
    warehouses = list(Warehouse.objects.for_enterprise(enterprise.pk).filter(is_active=True).order_by("code"))
    if not warehouses:
        raise UnreadableFile(reason=_("Goods are received into a warehouse: please add one first."))
    read = open_table(raw, receipt_columns(warehouses))
    reader = _Reader(enterprise, warehouses)
    table = ReceiptTable(remarks=read.remarks)
    told: dict[int, Said] = {}
    receipts: list[Receipt] = []
    for number, cells in read.rows:
        said = Said(read.layout.wide(cells), read.layout, active_language())
        if not any(said.has(key) for key in (QUANTITY, LOT, HARVESTED_FROM)):
            table.skipped += 1
            continue
        told[number] = said
        if len(told) > MOST_RECEIPTS:
            text = _("More than %(most)s rows with a quantity: please split the table.")
            raise UnreadableFile(reason=text % {"most": MOST_RECEIPTS})
        receipts += reader.read(number, said)
    for one in weigh(receipts, read_facts(enterprise, receipts)) if receipts else ():
        if one.outcome == Outcome.WRONG:
            told[one.receipt.row].refused(one.problems, **_COLUMNS)
        else:
            table.good.append(one)
    table.wrong = [cell for number, said in told.items() for cell in _wrong_cells(number, said, read.layout)]
    return table


class _Reader:
    """Which packing a row speaks of, and what it says came of it."""

    def __init__(self, enterprise: Enterprise, warehouses: Sequence[Warehouse]) -> None:
        self._only = str(warehouses[0].pk) if len(warehouses) == 1 else ""
        self._packings: dict[str, list[tuple[str, int, int]]] = defaultdict(list)
        rows = Variant.objects.for_enterprise(enterprise.pk).order_by("pk").values_list("sku", "pk", "product_id")
        for sku, pk, product in rows:
            self._packings[code_key(sku)].append((sku, pk, product))

    def read(self, row: int, said: Said) -> Iterator[Receipt]:
        """None where something in it cannot be read; that is noted at its column."""
        packing = self._packing(said)
        first = said.day(HARVESTED_FROM)
        last = said.day(HARVESTED_TO)
        best_before = said.day(BEST_BEFORE)
        quantity = said.number(QUANTITY, 3)
        lot, paper = said.code(LOT, LONGEST_NUMBER), said.code(PAPER, LONGEST_PAPER)
        warehouse = said.choice(WAREHOUSE, self._only)
        for key, reason in (
            (QUANTITY, _("how many units came?")),
            (LOT, _("goods are received lot by lot: give the lot its number")),
            (HARVESTED_FROM, _("on which day was it harvested?")),
            (WAREHOUSE, _("into which warehouse?")),
        ):
            if not said.has(key) and not (key == WAREHOUSE and warehouse):
                said.wrong(key, reason)
        if said.problems or packing is None or first is None or quantity is None:
            return
        grade = said.choice(GRADE)
        if not said.problems:
            yield Receipt(row, packing, int(warehouse), lot, quantity, first, last or first, best_before, grade, paper)

    def _packing(self, said: Said) -> int | None:
        code, number = said.code(SKU, 40), said.number(PRODUCT_NUMBER, 0)
        if not code:
            said.wrong(SKU, _("which packing? Give its code"))
            return None
        found = self._packings.get(code_key(code), [])
        if number is not None:
            found = [one for one in found if one[2] == number]
        exact = [one for one in found if one[0] == code] or found
        if not exact:
            said.wrong(SKU, _("no packing of yours has this code"))
        elif len(exact) > 1:
            said.wrong(SKU, _("several products of yours have a packing with this code: give the product number too"))
        return exact[0][1] if len(exact) == 1 else None


def _wrong_cells(row: int, said: Said, layout: Layout) -> Iterator[WrongCell]:
    language = active_language()
    for one in said.problems:
        yield WrongCell(
            row, said.typed(SKU)[:40], one.key, layout.title_of(one.key, language), one.value, one.reason, one.hint
        )
