"""The columns of a table of receipts, in three languages."""

from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext_lazy as _

from catalog.imports.columns import GRADES, PRODUCT_NUMBER, SKU, SKUS, Column, Option, Part, choices_of, in_all
from catalog.stock.models import Warehouse

QUANTITY, LOT, WAREHOUSE, PAPER = "quantity", "lot_number", "warehouse", "paper"
HARVESTED_FROM, HARVESTED_TO, BEST_BEFORE, GRADE = "harvested_from", "harvested_to", "best_before", "grade"
NAME, THERE = "name", "there"
MOST_RECEIPTS: Final = 2_000
_DAY: Final = _("A day, such as 2026-10-03.")
_NOT_READ: Final = _("Ours. It is not read.")


def receipt_columns(warehouses: Sequence[Warehouse]) -> list[Column]:
    """`warehouses`: those that are open."""
    places = tuple(warehouse_option(one) for one in warehouses)
    note = _("Choose from the list.") if len(places) != 1 else _("May stay empty: you have one warehouse.")
    return [
        Column(
            SKU, Part.PACKING, in_all(_("SKU")), _("Your own code of the packing."), width=18, is_needed=True,
            is_text=True, aliases=SKUS,
        ),
        Column(
            QUANTITY, Part.PACKING, in_all(_("Units received")),
            _("In units of the packing, such as 40. Rows without a quantity are left out."),
            is_needed=True, aliases=("入库数量", "数量"),
        ),
        Column(
            LOT, Part.PACKING, in_all(_("Lot number")), _("As on the label, such as 26A-007; one harvest, one number."),
            is_needed=True, is_text=True, aliases=("批号", "批次", "批次号"),
        ),
        Column(
            HARVESTED_FROM, Part.PACKING, in_all(_("Harvested from")), _DAY, is_needed=True,
            aliases=("采收日期", "采收开始"),
        ),
        Column(HARVESTED_TO, Part.PACKING, in_all(_("Harvested to")), _("Empty: the day it was harvested from.")),
        Column(BEST_BEFORE, Part.PACKING, in_all(_("Best before")), _("May stay empty.")),
        Column(WAREHOUSE, Part.PACKING, in_all(_("Warehouse")), note, places, 18, len(places) != 1),
        Column(GRADE, Part.PACKING, in_all(_("Grade of this lot")), _("Empty: the product's."), choices_of(GRADES), 12),
        Column(
            PAPER, Part.PACKING, in_all(_("Delivery note number")),
            _("May stay empty. Two deliveries of one lot and the same quantity are told apart by it."), is_text=True,
            aliases=("入库单号", "单号"),
        ),
        Column(NAME, Part.REMARK, in_all(_("Name of the product")), _NOT_READ, width=30),
        Column(THERE, Part.REMARK, in_all(_("On hand")), _NOT_READ),
        Column(
            PRODUCT_NUMBER, Part.PACKING, in_all(_("Product number")),
            _("Ours. Needed where one code stands on several products."),
        ),
    ]  # fmt: skip


def warehouse_option(warehouse: Warehouse) -> Option:
    words = f"{warehouse.name} ({warehouse.code})"
    return Option(str(warehouse.pk), (words, words, words), (warehouse.code, warehouse.name))
