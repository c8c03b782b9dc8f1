"""A workbook to receive goods with: one row for each packing of the enterprise, to be filled where something came."""

from decimal import Decimal

from django.db.models import OuterRef, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from catalog.imports.columns import PRODUCT_NUMBER, SKU
from catalog.imports.errors import UnreadableFile
from catalog.imports.receipt_columns import NAME, THERE, receipt_columns
from catalog.imports.template import EMPTY, MOST_AT_ONCE
from catalog.imports.workbook_out import Book, Value
from catalog.products.models import Variant
from catalog.stock.models import StockItem, Warehouse
from market.common.fields import QuantityField
from market.common.languages import active_language
from market.enterprises.models import Enterprise


def receipts_workbook(enterprise: Enterprise) -> bytes:
    """Packings on offer, by product, with what is on hand of each; in the active language. Raises UnreadableFile when
    they are too many for one request."""
    language = active_language()
    packings = Variant.objects.for_enterprise(enterprise.pk).filter(is_active=True).select_related("product")
    if packings.count() > MOST_AT_ONCE:
        text = _("You have more than %(most)s packings: write a table of your own with these headings.")
        raise UnreadableFile(reason=text % {"most": MOST_AT_ONCE})
    warehouses = Warehouse.objects.for_enterprise(enterprise.pk).filter(is_active=True).order_by("code")
    columns = receipt_columns(list(warehouses))
    book = Book(_("Receipts"), columns, [column.title(language) for column in columns], language)
    there = StockItem.objects.filter(variant=OuterRef("pk")).order_by().values("variant").annotate(sum=Sum("on_hand"))
    on_hand = Coalesce(Subquery(there.values("sum")), Decimal(0), output_field=QuantityField())
    rows = packings.annotate(there=on_hand).order_by("product__name_zh", "product_id", "position", "pk")
    for packing in rows.iterator():
        told = {
            SKU: Value(packing.sku),
            NAME: Value(packing.product.name),
            THERE: Value(packing.there),  # type: ignore[attr-defined]
            PRODUCT_NUMBER: Value(Decimal(packing.product_id)),
        }
        book.append(told.get(column.key, EMPTY) for column in columns)
    return book.saved()
