"""What was bought: the account, the list of orders, one purchase, accepting the goods, cancelling before they leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from market.common.clock import read_clock
from market.common.errors import MarketError
from market.common.pages import hides_foreign_rows, signed_in, tell_refusal
from market.common.paging import page_links
from market.common.states import can_move
from market.storefront.access import my_purchase, my_seller_order
from market.storefront.claims import seen_claim
from market.storefront.filters import read_page
from market.storefront.forms import CancelForm
from market.storefront.next_step import next_step
from market.storefront.paying import next_on, ways_to_pay
from market.storefront.photo_fields import HINT
from market.storefront.provinces import province_name
from market.storefront.visitor import current_cart, person
from orders.actions.accept_delivery import accept_delivery, is_nothing_outstanding
from orders.actions.end_order import cancel_order
from orders.claims.models import Claim
from orders.claims.queries import CLAIMED_IN, claims_of, is_claimable, missing_of, with_open_claim
from orders.orders.models import OrderLine, Purchase, SellerOrder
from orders.orders.queries import reasons_of_end, waiting_for_acceptance
from orders.orders.states import BUYERS_WISH, MOVES
from orders.payments.models import OPEN_STATES
from orders.payments.queries import payment_status, reversed_by_order
from orders.recalls.queries import notices_for
from orders.reviews.models import Review
from orders.reviews.queries import reviews_of_orders
from orders.shipments.models import Shipment
from orders.shipments.queries import journey

SIZE = 20
S = SellerOrder.State
TABS: Final = {
    "to-pay": (S.AWAITING_PAYMENT,),
    "to-ship": (S.AWAITING_SELLER,),
    "to-receive": (S.IN_PROGRESS,),
    "done": (S.COMPLETED,),
    "ended": (S.EXPIRED, S.CANCELLED, S.DECLINED),
}


@never_cache
@signed_in
def account(request: HttpRequest) -> HttpResponse:
    """Where one lands after signing in: orders, cart, the other sites."""
    user = person(request)
    assert user is not None
    current_cart(request)  # takes over the cart of this session, and says so
    context = {
        "counts": {name.replace("-", "_"): count for name, count in _counts(user.pk).items()},
        "is_seller": user.memberships.exists(),
        "is_officer": user.posts.exists(),
    }
    return render(request, "storefront/account.html", context)


def _counts(user_id: int) -> dict[str, int]:
    states = {
        f"n{i}": Count("pk", distinct=True, filter=Q(seller_orders__state__in=s)) for i, s in enumerate(TABS.values())
    }
    row = Purchase.objects.filter(buyer_id=user_id).aggregate(every=Count("pk", distinct=True), **states)
    return {"all": row["every"]} | {name: row[f"n{place}"] for place, name in enumerate(TABS)}


@never_cache
@signed_in
def orders(request: HttpRequest) -> HttpResponse:
    user = person(request)
    assert user is not None
    tab = request.GET.get("state", "")
    tab = tab if tab in TABS else "all"
    mine = Purchase.objects.filter(buyer=user).prefetch_related("seller_orders__enterprise", "seller_orders__lines")
    if tab != "all":
        mine = mine.filter(seller_orders__state__in=TABS[tab]).distinct()
    page = Paginator(mine.order_by("-placed_at", "-pk"), SIZE).get_page(read_page(request.GET.get("page", "")))
    counts = _counts(user.pk)
    names = {
        "all": _("All"),
        "to-pay": _("To pay"),
        "to-ship": _("To be shipped"),
        "to-receive": _("To receive"),
        "done": _("Completed"),
        "ended": _("Ended"),
    }
    prefix = f"?state={tab}&" if tab != "all" else "?"
    shown = [order for purchase in page for order in purchase.seller_orders.all()]
    context = {
        "tabs": [
            {"code": code, "name": name, "count": counts[code], "is_active": code == tab}
            for code, name in names.items()
        ],
        "purchases": page.object_list,
        "unpaid": {order.purchase_id for order in shown if order.state == S.AWAITING_PAYMENT},
        "delivered": waiting_for_acceptance(shown),
        "claimed": with_open_claim(shown),
        "links": page_links(page.number, page.paginator.num_pages, lambda number: f"{prefix}page={number}"),
        "tab": tab,
    }
    return render(request, "storefront/orders.html", context)


@never_cache
@hides_foreign_rows
def order(request: HttpRequest, number: str) -> HttpResponse:
    return _order_page(request, number)


def _order_page(request: HttpRequest, number: str, refused: CancelForm | None = None) -> HttpResponse:
    """`refused`: what was sent to cancel one of its orders, with what is wrong."""
    purchase = my_purchase(request, number)
    rows = purchase.seller_orders.select_related("enterprise", "acceptance").prefetch_related("lines")
    orders, now = list(rows.order_by("pk")), read_clock()
    moves, told = journey(orders), reasons_of_end(orders)
    claims = claims_of([o.pk for o in orders if o.state in CLAIMED_IN])
    at_rest = {o.pk for o in orders if o.state == S.IN_PROGRESS and _is_at_rest(o, moves[o.pk], claims[o.pk])}
    delivered = at_rest | {o.pk for o in orders if o.state == S.COMPLETED}
    own = _own_reviews(request, purchase, [o for o in orders if o.pk in delivered])
    open_payment = purchase.payments.filter(state__in=OPEN_STATES).order_by("-pk").first()
    last_payment = open_payment or purchase.payments.order_by("-pk").first()
    paid = payment_status(purchase)
    taken_back, recalled = reversed_by_order(purchase), notices_for(moves)
    payable = any(o.state == S.AWAITING_PAYMENT for o in orders)
    context: dict[str, Any] = {
        "purchase": purchase,
        "rows": [
            {
                "order": o,
                "shipments": moves[o.pk],
                "lines": [(line, own.get(line.pk)) for line in o.lines.all()],
                "is_at_rest": o.pk in at_rest,
                "can_accept": o.pk in at_rest and not any(claim.is_open for claim in claims[o.pk]),
                "can_claim": _can_claim(o, moves[o.pk], claims[o.pk], now),
                "claims": [seen_claim(claim, now) for claim in claims[o.pk]],
                "cancel": _cancel_form(o, refused),
                "next": next_step(o, moves[o.pk], claims[o.pk]),
                "reason": told.get(o.pk, "") if o.state == S.DECLINED else "",
                "taken_back": taken_back.get(o.pk),
                "recalls": recalled.get(o.pk, []),
            }
            for o in orders
        ],
        "photos_hint": HINT,
        "payment": open_payment,
        "last_payment": last_payment,
        "payment_status": paid,
        "due": sum((o.total for o in orders if o.state == S.AWAITING_PAYMENT), Decimal(0)),
        "payment_words": _payment_words(paid),
        "is_payable": payable,
        "next_on": next_on(open_payment),
        "gateways": ways_to_pay(purchase, open_payment) if payable else [],
        "shipped": sum(bool(moves[o.pk]) for o in orders),
        "is_guest": purchase.buyer_id is None,
        "province": province_name(purchase.province),
    }
    return render(request, "storefront/order.html", context, status=422 if refused else 200)


def _cancel_form(order: SellerOrder, refused: CancelForm | None) -> CancelForm | None:
    """None where it cannot be cancelled (any more)."""
    if not can_move(MOVES, order.state, S.CANCELLED):
        return None
    return refused if refused and refused.order == order else CancelForm(order)


def _is_at_rest(order: SellerOrder, shipments: Sequence[Shipment], claims: Sequence[Claim]) -> bool:
    return is_nothing_outstanding(order.lines.all(), shipments, missing_of(claims))


def _can_claim(order: SellerOrder, shipments: Sequence[Shipment], claims: Sequence[Claim], now: datetime) -> bool:
    accepted = getattr(order, "acceptance", None)  # the row is joined, and may be none
    return is_claimable(order, shipments, claims, accepted and accepted.at, now)


@dataclass(frozen=True)
class OwnReview:
    """Of a line's product: where it is written or changed, and what has been written."""

    url: str
    review: Review | None


def _own_reviews(request: HttpRequest, purchase: Purchase, delivered: list[SellerOrder]) -> dict[int, OwnReview]:
    """By key of the line. For the buyer only, whoever else holds the purchase's secret; two statements."""
    user = person(request)
    if not delivered or user is None or purchase.buyer_id != user.pk:
        return {}
    written = reviews_of_orders(delivered)
    lines = OrderLine.objects.filter(seller_order__in=delivered)
    return {
        pk: OwnReview(reverse("storefront:review", args=[purchase.number, product]), written.get((order, product)))
        for pk, order, product in lines.values_list("pk", "seller_order", "variant__product")
    }


def _payment_words(status: str) -> str:
    return {
        "unpaid": _("not paid yet"),
        "part_paid": _("paid in part"),
        "paid": _("paid"),
        "part_refunded": _("paid back in part"),
        "refunded": _("paid back"),
    }[status]


@never_cache
@hides_foreign_rows
def cancel(request: HttpRequest, number: str, order_number: str) -> HttpResponse:
    """A reason that is too long comes back as it was typed, on the page of the order; looked at again, that page is
    where one lands."""
    order = my_seller_order(request, number, order_number)
    if request.method != "POST":
        return redirect("storefront:order", number)
    form = CancelForm(order, request.POST)
    if not form.is_valid() and can_move(MOVES, order.state, S.CANCELLED):
        return _order_page(request, number, form)
    reason = form.cleaned_data.get("reason") or BUYERS_WISH
    try:
        cancel_order(order, by=person(request), reason=reason, now=read_clock())
        messages.success(request, _("The order is cancelled. What was paid for it goes back to you."))
    except MarketError as error:
        tell_refusal(request, error)
    return redirect("storefront:order", number)


@require_POST
@hides_foreign_rows
def accept(request: HttpRequest, number: str, order_number: str) -> HttpResponse:
    order = my_seller_order(request, number, order_number)
    try:
        accept_delivery(order, by=person(request), now=read_clock())
        messages.success(request, _("Thank you: the goods are accepted."))
    except MarketError as error:
        tell_refusal(request, error)
    return redirect("storefront:order", number)
