"""What lies where: per packing and warehouse, and per lot."""

from decimal import Decimal

from django.db.models import ExpressionWrapper, F, OuterRef, Prefetch, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from catalog.lots.models import HarvestLot, LotStock
from catalog.products.models import Product, Variant
from catalog.stock.models import StockItem, Warehouse
from market.common.errors import NotFound
from market.common.fields import QuantityField
from market.enterprises.models import Enterprise
from market.portal.queries.products import in_stock

ZERO = Decimal(0)


def _sum(rows: QuerySet[LotStock], by: str, column: str) -> Coalesce:
    """Sum of a column over the LotStock rows of the outer row, in one subquery."""
    grouped = rows.filter(**{by: OuterRef("pk")}).order_by().values(by).annotate(sum=Sum(column)).values("sum")
    return Coalesce(Subquery(grouped, output_field=QuantityField()), ZERO, output_field=QuantityField())


def stock_items() -> QuerySet[StockItem]:
    """With `loose` (on hand, but of no lot yet) and `quarantined`."""
    parts = LotStock.objects.all()
    return StockItem.objects.select_related("warehouse").annotate(
        loose=ExpressionWrapper(F("on_hand") - _sum(parts, "stock_item", "on_hand"), output_field=QuantityField()),
        quarantined=_sum(parts, "stock_item", "held"),
    )


def stocked_packings(enterprise: Enterprise, *, text: str = "", only: str = "") -> QuerySet[Variant]:
    """Packings with their stock items, whether on offer or not, by product."""
    rows = Variant.objects.for_enterprise(enterprise.pk).select_related("product")
    for word in text.split():
        rows = rows.filter(
            Q(sku__icontains=word)
            | Q(product__name_zh__icontains=word)
            | Q(product__name_en__icontains=word)
            | Q(product__name_ru__icontains=word)
        )
    if only == "sold_out":
        rows = rows.filter(~in_stock(), is_active=True, product__state=Product.State.PUBLISHED)
    return rows.prefetch_related(Prefetch("stock_items", stock_items().order_by("warehouse__code"))).order_by(
        "product__name_zh", "product_id", "position", "pk"
    )


def own_item(enterprise: Enterprise, item_id: int) -> StockItem:
    found = (
        stock_items().select_related("variant__product").filter(warehouse__enterprise=enterprise, pk=item_id).first()
    )
    if found is None:
        raise NotFound()
    return found


def own_warehouse(enterprise: Enterprise, warehouse_id: int) -> Warehouse:
    found = Warehouse.objects.for_enterprise(enterprise.pk).filter(pk=warehouse_id).first()
    if found is None:
        raise NotFound()
    return found


def own_lots(enterprise: Enterprise, *, text: str = "", state: str = "") -> QuerySet[HarvestLot]:
    """Newest harvest first, with `left` for sale or promised and `quarantined`."""
    parts = LotStock.objects.all()
    rows = HarvestLot.objects.for_enterprise(enterprise.pk).select_related("product", "origin_unit")
    if state:
        rows = rows.filter(state=state)
    for word in text.split():
        rows = rows.filter(
            Q(number__icontains=word)
            | Q(product__name_zh__icontains=word)
            | Q(product__name_en__icontains=word)
            | Q(product__name_ru__icontains=word)
        )
    return rows.annotate(left=_sum(parts, "lot", "on_hand"), quarantined=_sum(parts, "lot", "held")).order_by(
        "-harvested_to", "-pk"
    )


def free_kg(lot: HarvestLot) -> Decimal:
    """Of the lot, what no order was promised. One statement."""
    parts = LotStock.objects.filter(lot=lot).select_related("stock_item__variant")
    return sum((min(p.on_hand, p.stock_item.unreserved) * p.stock_item.variant.net_kg for p in parts), ZERO)


def own_lot(enterprise: Enterprise, lot_id: int) -> HarvestLot:
    found = own_lots(enterprise).filter(pk=lot_id).first()
    if found is None:
        raise NotFound()
    return found
