"""Orders of the officer's subtree, to look at: found by number, by state, by seller. Nothing is decided here."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from market.common.errors import NotFound
from market.office.desk import Desk, officers, page, paged
from orders.claims.queries import claims_of, expected_payout, with_open_claim
from orders.orders.models import SellerOrder
from orders.payments.models import Allocation
from orders.shipments.queries import journey

S = SellerOrder.State


@officers()
def orders(request: HttpRequest, desk: Desk) -> HttpResponse:
    rows = desk.of(SellerOrder.objects.all()).select_related("purchase", "enterprise__unit")
    words, state = request.GET.get("q", "").strip()[:60], request.GET.get("state", "")
    if words:
        named = Q(enterprise__name_zh__icontains=words) | Q(enterprise__name_en__icontains=words)
        named |= Q(enterprise__name_ru__icontains=words) | Q(enterprise__number__iexact=words)
        rows = rows.filter(Q(number__istartswith=words) | named)
    if state in S.values:
        rows = rows.filter(state=state)
    shown = paged(request, rows.order_by("-placed_at", "number"))
    context = {"words": words, "looked_up": words, "state": state, "states": S.choices}
    context |= shown | {"claimed": with_open_claim(shown["rows"])}
    return page(request, desk, "orders", context, active="orders")


@officers()
def order(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    rows = desk.of(SellerOrder.objects.all()).select_related("purchase", "enterprise__unit")
    row = rows.filter(number=number).first()
    if row is None:
        raise NotFound()
    payouts = expected_payout(row)
    context = {
        "order": row,
        "payouts": payouts,
        "refunded": any(line.refunded for line in payouts),
        "claims": claims_of([row.pk])[row.pk],
        "shipments": journey([row])[row.pk],
        "allocations": Allocation.objects.filter(seller_order=row, captured__gt=0).select_related("payment"),
        "events": [
            (event, S(event.to_state).label, event.to_state)
            for event in row.events.select_related("by").order_by("-pk")
        ],
    }
    return page(request, desk, "order", context, active="orders")
