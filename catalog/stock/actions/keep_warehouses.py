"""Warehouses: opened, renamed, closed. Goods in a closed warehouse are not for sale, so the index is told."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from catalog.products.events import products_changed
from catalog.products.models import Variant
from catalog.stock.errors import GoodsPromised
from catalog.stock.models import StockItem, Warehouse
from market.common.errors import InvalidInput
from market.common.quantity import plain
from market.enterprises.models import Enterprise


def add_warehouse(enterprise: Enterprise, *, code: str, name: str, place: str = "") -> Warehouse:
    """Raises InvalidInput for an empty name or a code already in use."""
    code, name = "".join(code.split()).upper(), name.strip()
    fields = {}
    if not code:
        fields["code"] = _("a short code, such as W1")
    if not name:
        fields["name"] = _("the warehouse needs a name")
    if fields:
        raise InvalidInput(fields=fields)
    try:
        with transaction.atomic():
            return Warehouse.objects.create(enterprise=enterprise, code=code, name=name, place=place.strip())
    except IntegrityError as error:
        raise InvalidInput(fields={"code": _("you have a warehouse with this code already")}) from error


def rename_warehouse(warehouse: Warehouse, *, name: str, place: str) -> Warehouse:
    """The code stays: programs and labels name it."""
    if not name.strip():
        raise InvalidInput(fields={"name": _("the warehouse needs a name")})
    warehouse.name, warehouse.place = name.strip(), place.strip()
    warehouse.save(update_fields=["name", "place"])
    return warehouse


def close_warehouse(warehouse: Warehouse, *, now: datetime) -> Warehouse:
    """Refused (GoodsPromised) while goods in it are promised to orders. Twice changes nothing."""
    with transaction.atomic():
        items = list(StockItem.objects.select_for_update().filter(warehouse=warehouse).order_by("pk"))
        if not Warehouse.objects.filter(pk=warehouse.pk, is_active=True).update(is_active=False):
            return warehouse
        reserved = sum(item.reserved for item in items)
        if reserved:
            raise GoodsPromised(reserved=plain(reserved))
        _tell_index(warehouse, now)
    warehouse.is_active = False
    return warehouse


def reopen_warehouse(warehouse: Warehouse, *, now: datetime) -> Warehouse:
    with transaction.atomic():
        if Warehouse.objects.filter(pk=warehouse.pk, is_active=False).update(is_active=True):
            _tell_index(warehouse, now)
    warehouse.is_active = True
    return warehouse


def _tell_index(warehouse: Warehouse, now: datetime) -> None:
    stocked = Variant.objects.filter(stock_items__warehouse=warehouse, stock_items__on_hand__gt=0)
    products_changed(set(stocked.values_list("product_id", flat=True)), reason="stock", now=now)
