"""Lots of sellers in the officer's reach: where one lies, who had it, and taking it back."""

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext

from catalog.lots.models import HarvestLot, normal_lot_number
from catalog.trace.queries import family_of, told_reach
from market.common.csv_out import write_table
from market.common.dates import format_moment
from market.common.errors import MarketError, NotFound
from market.common.languages import active_language
from market.common.pages import put_errors
from market.common.plain_text import plain_words
from market.common.quantity import plain
from market.office.desk import Desk, R, officers, page, paged
from market.office.forms import OfficeForm
from orders.recalls.actions.open_recall import open_recall
from orders.recalls.forms import RecallFields
from orders.recalls.models import Recall
from orders.recalls.queries import Reached, reach_of, what_lies


class RecallForm(RecallFields, OfficeForm):
    """The officer's."""


@officers()
def lots(request: HttpRequest, desk: Desk) -> HttpResponse:
    """By number of the lot or of an order, or by words of product or seller; without any the newest."""
    text = plain_words(request.GET.get("q", ""))[:80]
    rows = desk.of(HarvestLot.objects.all()).select_related("enterprise__unit", "product")
    context = paged(request, _found(rows, text).order_by("-pk")) | {"q": text}
    return page(request, desk, "lots", context, active="lots")


def _found(rows: "QuerySet[HarvestLot]", text: str) -> "QuerySet[HarvestLot]":
    if not text:
        return rows
    number = normal_lot_number(text)
    words = Q(product__name_zh__icontains=text) | Q(product__name_en__icontains=text)
    firm = Q(enterprise__name_zh__icontains=text) | Q(enterprise__number=number)
    shipped = Q(shipment_lines__shipment__seller_order__number__startswith=number)
    return rows.filter(Q(number__startswith=number) | words | firm | shipped).distinct()


@officers()
def lot(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """What is known of a lot; a reviewer recalls it here."""
    found = _lot(desk, pk)
    is_reviewer = desk.of(HarvestLot.objects.all(), R.REVIEWER).filter(pk=pk).exists()
    if request.method == "POST" and not is_reviewer:
        raise NotFound()
    form = RecallForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = open_recall(found, **form.cleaned_data, by=desk.officer, now=desk.now)
            messages.success(request, gettext("The lot is recalled; whoever had some of it is told."))
            return redirect("office:recall", made.number)
        except MarketError as error:
            put_errors(form, error)
    reached = reach_of(found)
    context = {
        "lot": found,
        "family": family_of(found),
        "told": told_reach(found),
        "recall": Recall.objects.filter(lot=found).first(),
        "reached": reached,
        "shipped": sum(one.weight for one in reached),
        "lying": what_lies(found),
        "parts": found.stock.select_related("stock_item__warehouse", "stock_item__variant").order_by("pk"),
        "events": found.events.select_related("by").order_by("-at", "-pk"),
        "form": form,
        "may_recall": is_reviewer and found.state != HarvestLot.State.RECALLED,
    }
    return page(request, desk, "lot", context, active="lots", status=422 if form.errors else 200)


@officers()
def reach(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """Who had some of the lot, as a table for those who telephone or stand before a judge."""
    del request
    found = _lot(desk, pk)
    headings = [gettext("Order"), gettext("Weight, kg"), gettext("Buyer"), gettext("Telephone"), gettext("Email")]
    headings += [gettext("Address"), gettext("Shipped"), gettext("Waybill"), gettext("State")]
    answer = HttpResponse(write_table(headings, (_row(one) for one in reach_of(found))), content_type="text/csv")
    answer["Content-Disposition"] = f'attachment; filename="lot-{found.pk}.csv"'
    answer["Cache-Control"] = "no-store"
    return answer


def _row(one: Reached) -> list[str]:
    bought, language = one.order.purchase, active_language()
    place = [bought.country, bought.province, bought.city, bought.district, bought.street, bought.recipient]
    return [
        one.order.number,
        plain(one.weight),
        bought.buyer_name,
        f"\t{bought.phone}",
        bought.buyer_email,
        " ".join(filter(None, place)),
        ", ".join(format_moment(row.shipped_at, language) for row in one.shipments),
        ", ".join(row.waybill for row in one.shipments),
        ", ".join(str(row.get_status_display()) for row in one.shipments),
    ]


def _lot(desk: Desk, pk: int) -> HarvestLot:
    rows = desk.of(HarvestLot.objects.all()).select_related("enterprise__unit", "product", "origin_unit")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found
