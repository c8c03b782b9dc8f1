from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.common.clock import read_clock
from market.portal.queries.money import HELD, balances, payouts_of
from market.portal.seat import Seat, page_of, show, staff
from orders.orders.models import SellerOrder

S = SellerOrder.State
TABS = {"held": HELD, "available": (S.COMPLETED,), "expected": (S.AWAITING_PAYMENT,)}
TITLES = {
    "held": gettext_lazy("Held until acceptance"),
    "available": gettext_lazy("Available to pay out"),
    "expected": gettext_lazy("Not paid yet"),
}


@staff()
def payouts(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Balances as the ledger has them, and beside them the orders they are made of."""
    tab = request.GET.get("tab", "held")
    if tab not in TABS:
        tab = "held"
    rows = SellerOrder.objects.for_enterprise(seat.enterprise.pk).filter(state__in=TABS[tab])
    page = page_of(request, rows.select_related("purchase").order_by("-placed_at", "-pk"))
    found = payouts_of(page.object_list)
    context = {
        "balances": balances(seat.enterprise, read_clock()),
        "tab": tab,
        "tabs": TITLES.items(),
        "page": page,
        "rows": found,
        "has_refunds": any(row.refunded for row in found),
    }
    return show(request, seat, "payouts", _("Payouts"), context)
