"""Orders: what is to ship, packing by lot, declining, the packing list."""

from decimal import Decimal

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.common.clock import read_clock
from market.common.errors import MarketError
from market.common.pages import put_errors
from market.enterprises.roles import Right
from market.portal.forms.enterprise import ReasonForm
from market.portal.forms.order import PackForm
from market.portal.queries.money import payouts_of
from market.portal.queries.orders import TABS, lines_to_pack, orders_in, own_order, tab_counts
from market.portal.queries.packing_list import packing_list_of
from market.portal.seat import Seat, page_of, show, staff
from orders.actions.end_order import decline_order
from orders.actions.ship_order import ship_order
from orders.claims.queries import claims_of, with_open_claim
from orders.orders.models import SellerOrder
from orders.orders.queries import reasons_of_end
from orders.payments.models import Refund
from orders.pickups.agree_range import limits_of
from orders.shipments.models import ENDED_IN_VAIN
from orders.shipments.queries import journey
from orders.shipments.temperature import Limits

S = SellerOrder.State
TAB_TITLES = {
    "to-ship": gettext_lazy("To ship"),
    "on-the-way": gettext_lazy("On the way"),
    "needs-you": gettext_lazy("Shipment needs you"),
    "unpaid": gettext_lazy("Not paid yet"),
    "completed": gettext_lazy("Completed"),
    "ended": gettext_lazy("Ended"),
    "all": gettext_lazy("All"),
}


@staff()
def orders(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Tabs by state; the money column adds up line by line on the order's page."""
    tab = request.GET.get("state", "to-ship")
    if tab not in TABS:
        tab = "to-ship"
    counts = tab_counts(seat.enterprise)
    page = page_of(request, orders_in(seat.enterprise, tab))
    context = {
        "tab": tab,
        "tabs": [(code, TAB_TITLES[code], counts[code]) for code in TABS],
        "page": page,
        "can_choose": tab not in ("needs-you", "unpaid", "ended"),
        "claimed": with_open_claim(page.object_list),
        "rows": [(payout, _net_weight(payout.order)) for payout in payouts_of(page.object_list)],
    }
    return show(request, seat, "orders", _("Orders"), context)


def _net_weight(order: SellerOrder) -> Decimal:
    return sum((line.quantity * line.net_kg for line in order.lines.all()), Decimal(0))


@staff(Right.SHIP)
def order(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Lines with what they will bring, shipments, and the packing form while something is left."""
    row = own_order(seat.enterprise, number)
    can_pack = row.state in (S.AWAITING_SELLER, S.IN_PROGRESS)
    lines = lines_to_pack(row) if can_pack else []
    form = PackForm(lines, request.POST or None, limits=limits_of(row.pk) if can_pack else Limits())
    if request.method == "POST" and form.is_valid():
        facts = {name: form.cleaned_data[name] for name in ("carrier", "waybill", "further")}
        try:
            shipment = ship_order(
                row, form.packed(), temperatures=form.temperatures(), by=seat.person, now=read_clock(), **facts
            )
            messages.success(request, _("Shipped as %(number)s.") % {"number": shipment.number})
            return redirect("portal:order", number)
        except MarketError as error:
            put_errors(form, error)
    shipments, claims = journey([row])[row.pk], claims_of([row.pk])[row.pk]
    is_stranded = row.state == S.IN_PROGRESS and any(shipment.status in ENDED_IN_VAIN for shipment in shipments)
    context = {
        "order": row,
        "form": form,
        "lines": lines,
        "can_give_back": is_stranded and seat.may(Right.TRADE) and not any(claim.is_open for claim in claims),
        "can_pack": bool(lines) and seat.may(Right.SHIP),
        "can_decline": row.state == S.AWAITING_SELLER and seat.may(Right.TRADE),
        "reason": reasons_of_end([row]).get(row.pk, "") if row.state == S.CANCELLED else "",
        "payout": payouts_of([row])[0],
        "shipments": shipments,
        "events": [
            (S(event.to_state).label, event) for event in row.events.select_related("by").order_by("-at", "-pk")
        ],
        "pickups": row.pickups.select_related("job__partner__endpoint").order_by("-pk")[:5],
        "claims": claims,
        "refunds": Refund.objects.filter(seller_order=row).order_by("pk"),
    }
    return show(request, seat, "order", _("Order %(number)s") % {"number": row.number}, context)


@staff(only=Right.TRADE)
def decline(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """What will happen stands above the form: goods back into stock, the whole payment back to the buyer."""
    row = own_order(seat.enterprise, number)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            decline_order(row, by=seat.person, reason=form.cleaned_data["reason"], now=read_clock())
            messages.success(request, _("Declined. The goods are back in stock, and the buyer gets the money back."))
            return redirect("portal:order", number)
        except MarketError as error:
            put_errors(form, error)
    context = {"form": form, "order": row, "is_possible": row.state == S.AWAITING_SELLER}
    return show(request, seat, "decline", _("Decline order %(number)s") % {"number": row.number}, context)


@staff()
def packing_list(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """To print and pack by: what is left, with the lots proposed. What has left is told by its delivery note."""
    row = own_order(seat.enterprise, number)
    if request.GET.get("shipment"):
        return redirect("portal:order_papers", number)
    context = {"order": row, "list": packing_list_of(row), "printed_at": read_clock()}
    return show(request, seat, "packing_list", _("Packing list"), context)
