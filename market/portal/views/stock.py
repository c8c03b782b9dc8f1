"""Stock: what lies where, receipts, counts, warehouses."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from catalog.lots.actions.count_stock import count_stock
from catalog.lots.actions.receive_lot import name_lot, receive_lot
from catalog.lots.models import LotStock
from catalog.stock.actions.keep_warehouses import (
    add_warehouse,
    close_warehouse,
    rename_warehouse,
    reopen_warehouse,
)
from catalog.stock.errors import AlreadyReceived
from catalog.stock.models import Warehouse
from market.common.clock import read_clock
from market.common.errors import MarketError
from market.common.pages import put_errors, tell_refusal
from market.enterprises.roles import Right
from market.portal.forms.stock import CountForm, HarvestForm, ReceiptForm, StockFilter, WarehouseForm
from market.portal.queries.products import own_packing
from market.portal.queries.stock import own_item, own_warehouse, stocked_packings
from market.portal.seat import Seat, page_of, show, staff


@staff()
def stock(request: HttpRequest, seat: Seat) -> HttpResponse:
    form = StockFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    rows = stocked_packings(seat.enterprise, text=chosen.get("q", ""), only=chosen.get("only", ""))
    context = {"filter": form, "page": page_of(request, rows), "is_filtered": any(chosen.values())}
    return show(request, seat, "stock", _("Stock"), context)


@staff(only=Right.STOCK)
def receive(request: HttpRequest, seat: Seat, variant_id: int) -> HttpResponse:
    """One lot per receipt. A form sent twice counts once."""
    variant = own_packing(seat.enterprise, variant_id)
    initial = {"grade": variant.product.grade, "key": uuid4().hex}
    form = ReceiptForm(seat.enterprise, request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        key = values.pop("key")
        try:
            receive_lot(variant, values.pop("warehouse"), by=seat.person, reference=key, now=read_clock(), **values)
            messages.success(request, _("Received into stock."))
            return redirect("portal:stock")
        except AlreadyReceived as error:
            messages.info(request, error.message)
            return redirect("portal:stock")
        except MarketError as error:
            put_errors(form, error)
    has_warehouse = Warehouse.objects.for_enterprise(seat.enterprise.pk).filter(is_active=True).exists()
    context = {"form": form, "variant": variant, "product": variant.product, "has_warehouse": has_warehouse}
    return show(request, seat, "receive", _("Receive %(sku)s") % {"sku": variant.sku}, context)


@staff(Right.STOCK)
def item(request: HttpRequest, seat: Seat, item_id: int) -> HttpResponse:
    """One packing in one warehouse: count it, lot by lot, and see every movement."""
    row = own_item(seat.enterprise, item_id)
    parts = list(LotStock.objects.select_related("lot").filter(stock_item=row).order_by("lot__harvested_from", "pk"))
    loose = row.loose  # type: ignore[attr-defined]
    form = CountForm(parts, loose, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            count_stock(
                row,
                form.counted(),
                without_lot=form.cleaned_data["loose"],
                reason=form.cleaned_data["reason"],
                by=seat.person,
                now=read_clock(),
            )
            messages.success(request, _("Counted."))
            return redirect("portal:stock_item", row.pk)
        except MarketError as error:
            put_errors(form, error)
    context = {
        "form": form,
        "item": row,
        "parts": parts,
        "loose": loose,
        "free": row.unreserved,
        "movements": row.movements.select_related("by").order_by("-at", "-pk")[:50],
    }
    return show(request, seat, "stock_item", f"{row.variant.product.name} · {row.variant.sku}", context)


@staff(only=Right.STOCK)
def name_goods(request: HttpRequest, seat: Seat, item_id: int) -> HttpResponse:
    """Goods that came without a lot get one; before that they cannot be packed."""
    row = own_item(seat.enterprise, item_id)
    form = HarvestForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            name_lot(row, by=seat.person, now=read_clock(), **form.cleaned_data)
            messages.success(request, _("The goods have their lot now."))
            return redirect("portal:stock_item", row.pk)
        except MarketError as error:
            put_errors(form, error)
    context = {"form": form, "item": row, "loose": row.loose}  # type: ignore[attr-defined]
    return show(request, seat, "name_lot", _("Which lot are these goods of?"), context)


@staff(Right.STOCK)
def warehouses(request: HttpRequest, seat: Seat) -> HttpResponse:
    form = WarehouseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            add_warehouse(seat.enterprise, **form.cleaned_data)
            messages.success(request, _("Warehouse added."))
            return redirect("portal:warehouses")
        except MarketError as error:
            put_errors(form, error)
    rows = Warehouse.objects.for_enterprise(seat.enterprise.pk).order_by("-is_active", "code")
    return show(request, seat, "warehouses", _("Warehouses"), {"form": form, "rows": rows})


@staff(Right.STOCK)
def warehouse(request: HttpRequest, seat: Seat, warehouse_id: int) -> HttpResponse:
    """Rename, close, open again."""
    row = own_warehouse(seat.enterprise, warehouse_id)
    form = WarehouseForm(
        request.POST if "save" in request.POST else None, initial={"name": row.name, "place": row.place}
    )
    del form.fields["code"]
    if request.method == "POST":
        try:
            if "close" in request.POST:
                close_warehouse(row, now=read_clock())
            elif "reopen" in request.POST:
                reopen_warehouse(row, now=read_clock())
            elif form.is_valid():
                rename_warehouse(row, **form.cleaned_data)
            if not form.errors:
                messages.success(request, _("Saved."))
                return redirect("portal:warehouses")
        except MarketError as error:
            if form.is_bound:
                put_errors(form, error)
            else:
                tell_refusal(request, error)
                return redirect("portal:warehouse", row.pk)
    return show(request, seat, "warehouse", row.name, {"form": form, "warehouse": row})
