"""Goods of many lots received by one table: fetched, looked at, which changes nothing, then received."""

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from django.contrib import messages
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.timezone import localdate
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from catalog.imports.errors import UnreadableFile
from catalog.imports.files import MOST_BYTES
from catalog.lots.actions.receive_many import receive_many
from catalog.lots.receipts import Outcome, Receipt, Weighed
from catalog.stock.models import Warehouse
from market.common.clock import read_clock
from market.common.pages import tell_refusal
from market.common.quantity import plain
from market.enterprises.roles import Right
from market.portal.forms.imports import ReceiptsForm
from market.portal.seat import Seat, show, staff
from market.portal.views.imports import workbook

if TYPE_CHECKING:
    from catalog.imports.receipts import ReceiptTable

SALT: Final = "portal.receipts"
LOOKS_LAST: Final = 3600
SHOWN: Final = 300


@staff(only=Right.STOCK)
def receipts(request: HttpRequest, seat: Seat) -> HttpResponse:
    from catalog.imports.receipts import look_at_receipts  # it reads workbooks, see `views.imports`

    if "rows" in request.POST:
        return _receive(request, seat)
    form = ReceiptsForm(request.POST, request.FILES) if request.method == "POST" else ReceiptsForm()
    context: dict[str, Any] = {"form": form}
    if form.is_valid():
        try:
            table = look_at_receipts(seat.enterprise, form.cleaned_data["file"].read(MOST_BYTES + 1))
            context |= _shown(table, seat, form.cleaned_data["file"].name)
        except UnreadableFile as error:
            form.add_error("file", error.message)
    own = Warehouse.objects.for_enterprise(seat.enterprise.pk).filter(is_active=True)
    context["has_warehouse"] = own.exists()
    return show(request, seat, "receipts", _("Receive many lots"), context)


@staff(only=Right.STOCK)
def receipts_table(request: HttpRequest, seat: Seat) -> HttpResponse:
    from catalog.imports.receipts_out import receipts_workbook  # it writes workbooks, see `views.imports`

    try:
        raw = receipts_workbook(seat.enterprise)
    except UnreadableFile as error:
        tell_refusal(request, error)
        return redirect("portal:receipts")
    return workbook(raw, _("receipts %(day)s") % {"day": f"{localdate(read_clock()):%Y-%m-%d}"})


def _shown(table: "ReceiptTable", seat: Seat, file_name: str) -> dict[str, Any]:
    content = {"by": seat.person.pk, "firm": seat.enterprise.pk, "rows": [_told(one.receipt) for one in table.good]}
    return {
        "table": table,
        "file_name": file_name,
        "cells": table.wrong[:SHOWN],
        "left_out": max(0, len(table.wrong) - SHOWN),
        "rows": signing.dumps(content, salt=SALT, compress=True) if table.new else "",
    }


def _receive(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Weighed again, since an hour may lie between."""
    try:
        content = signing.loads(request.POST["rows"], salt=SALT, max_age=LOOKS_LAST)
    except signing.BadSignature:
        content = {}
    if (content.get("by"), content.get("firm")) != (seat.person.pk, seat.enterprise.pk):
        messages.error(request, _("The look at this table is too old or has been changed. Please hand it in again."))
        return redirect("portal:receipts")
    found = receive_many(seat.enterprise, [_receipt(*one) for one in content["rows"]], by=seat.person, now=read_clock())
    new = sum(one.outcome == Outcome.NEW for one in found)
    if new:
        text = ngettext("%(n)s receipt has been recorded.", "%(n)s receipts have been recorded.", new)
        messages.success(request, text % {"n": new})
    else:
        messages.info(request, _("All of it had been received already: nothing has changed."))
    for one in found:
        if one.outcome == Outcome.WRONG:
            messages.error(request, _refusal(one))
    return redirect("portal:stock")


def _refusal(one: Weighed) -> str:
    """Somebody changed something since the look."""
    return _("Row %(row)s was not received: %(why)s") % {
        "row": one.receipt.row,
        "why": "; ".join(one.problems.values()),
    }


def _told(one: Receipt) -> list[Any]:
    days = [day.isoformat() if day else "" for day in (one.harvested_from, one.harvested_to, one.best_before)]
    return [one.row, one.variant_id, one.warehouse_id, one.lot_number, plain(one.quantity), *days, one.grade, one.paper]


def _receipt(
    row: int, variant: int, warehouse: int, lot: str, quantity: str, first: str, last: str, best: str, *rest: str
) -> Receipt:
    best_before = date.fromisoformat(best) if best else None
    days = date.fromisoformat(first), date.fromisoformat(last), best_before
    return Receipt(row, variant, warehouse, lot, Decimal(quantity), *days, *rest)
