"""Harvest lots: what is left, where it lies, quarantine."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from catalog.lots.actions.quarantine_lot import quarantine_lot, release_lot
from catalog.lots.models import HarvestLot
from catalog.trace.own import lot_qr_text
from catalog.trace.queries import family_of, harvests_made_from
from market.common.clock import read_clock
from market.common.errors import MarketError
from market.common.pages import put_errors
from market.common.qr import qr_svg
from market.enterprises.models import Member
from market.enterprises.roles import Right
from market.portal.forms.enterprise import ReasonForm
from market.portal.forms.stock import LotFilter, QuarantineForm, RecallForm
from market.portal.queries.stock import own_lot, own_lots
from market.portal.seat import Seat, page_of, show, staff
from orders.recalls.actions.open_recall import open_recall
from orders.recalls.models import Recall
from orders.recalls.queries import account_of, reach_of


@staff()
def lots(request: HttpRequest, seat: Seat) -> HttpResponse:
    form = LotFilter(request.GET)
    chosen = form.cleaned_data if form.is_valid() else {}
    rows = own_lots(seat.enterprise, text=chosen.get("q", ""), state=chosen.get("state", ""))
    context = {"filter": form, "page": page_of(request, rows), "is_filtered": any(chosen.values())}
    return show(request, seat, "lots", _("Lots"), context)


@staff()
def lot(request: HttpRequest, seat: Seat, lot_id: int) -> HttpResponse:
    row = own_lot(seat.enterprise, lot_id)
    context = {
        "lot": row,
        "parts": row.stock.select_related("stock_item__warehouse", "stock_item__variant").order_by("pk"),
        "events": row.events.select_related("by").order_by("-at", "-pk"),
        "is_open": row.state == HarvestLot.State.OPEN,
        "is_quarantined": row.state == HarvestLot.State.QUARANTINED,
        "family": family_of(row),
        "code": qr_svg(lot_qr_text(row.code), _("QR code of the lot")) if row.code else "",
        **_recall_of(row, seat),
    }
    return show(request, seat, "lot", _("Lot %(number)s") % {"number": row.number}, context)


def _recall_of(row: HarvestLot, seat: Seat) -> dict[str, object]:
    found = Recall.objects.filter(lot=row).first()
    may_recall = seat.role == Member.Role.OWNER and found is None
    return {"recall": found, "account": account_of(found) if found else None, "may_recall": may_recall}


@staff()
def recall(request: HttpRequest, seat: Seat, lot_id: int) -> HttpResponse:
    """An owner takes the lot back: who had some of it stands above the form, the typed number confirms."""
    row = own_lot(seat.enterprise, lot_id)
    form = RecallForm(row, request.POST or None)
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("severity", "reason", "advice")}
        try:
            open_recall(row, **values, by=seat.person, now=read_clock())
            messages.success(request, _("The lot is recalled; whoever had some of it is told."))
            return redirect("portal:lot", row.pk)
        except MarketError as error:
            put_errors(form, error)
    reached = reach_of(row)
    further = [one for one in harvests_made_from(row) if one.state != HarvestLot.State.RECALLED]
    weight = sum(one.weight for one in reached)
    context = {"form": form, "lot": row, "orders": len(reached), "weight": weight, "further": further}
    return show(request, seat, "recall", _("Recall lot %(number)s") % {"number": row.number}, context)


@staff(only=Right.STOCK)
def quarantine(request: HttpRequest, seat: Seat, lot_id: int) -> HttpResponse:
    """What will happen stands above the form; the typed number confirms."""
    row = own_lot(seat.enterprise, lot_id)
    form = QuarantineForm(row, request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            quarantine_lot(row, reason=form.cleaned_data["reason"], by=seat.person, now=read_clock())
            messages.success(request, _("The lot is in quarantine."))
            return redirect("portal:lot", row.pk)
        except MarketError as error:
            put_errors(form, error)
    return show(
        request, seat, "quarantine", _("Quarantine lot %(number)s") % {"number": row.number}, {"form": form, "lot": row}
    )


@staff(only=Right.STOCK)
def release(request: HttpRequest, seat: Seat, lot_id: int) -> HttpResponse:
    row = own_lot(seat.enterprise, lot_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            release_lot(row, reason=form.cleaned_data["reason"], by=seat.person, now=read_clock())
            messages.success(request, _("The lot may be sold and packed again."))
            return redirect("portal:lot", row.pk)
        except MarketError as error:
            put_errors(form, error)
    return show(
        request, seat, "release", _("Release lot %(number)s") % {"number": row.number}, {"form": form, "lot": row}
    )
