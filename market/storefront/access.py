"""Who may see a purchase: its buyer, and whoever holds its token. Guests get the token by number and phone."""

import hmac

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from market.common.errors import NotFound
from market.common.ids import digest
from market.storefront.forms import FindOrderForm
from market.storefront.visitor import person
from orders.cart.models import Cart
from orders.checkout.place_order import access_token
from orders.orders.models import Purchase, SellerOrder

TRIES = 10
TRIES_SECONDS = 15 * 60


def my_purchase(request: HttpRequest, number: str) -> Purchase:
    """For its buyer, or for whoever holds its token. Raises NotFound for everybody else."""
    purchase = Purchase.objects.select_related("channel").filter(number=number).first()
    if purchase is None:
        raise NotFound()
    user = person(request)
    token = request.GET.get("token") or request.session.get("purchases", {}).get(number, "")
    if (user and purchase.buyer_id == user.pk) or hmac.compare_digest(digest(str(token)), purchase.access_digest):
        return purchase
    raise NotFound()


def my_seller_order(request: HttpRequest, number: str, order_number: str) -> SellerOrder:
    """Of a purchase that `my_purchase` shows. Raises NotFound."""
    orders = my_purchase(request, number).seller_orders.select_related("purchase", "enterprise")
    order = orders.filter(number=order_number).first()
    if order is None:
        raise NotFound()
    return order


@never_cache
def find_order(request: HttpRequest) -> HttpResponse:
    """For guests: number and the last digits of the phone. Guessing is slow, and a wrong number looks like a wrong
    phone."""
    form = FindOrderForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        number = form.cleaned_data["number"]
        if not _may_try(f"from:{request.META.get('REMOTE_ADDR', '')}", f"for:{number}"):
            return render(request, "429.html", status=429)
        purchase = Purchase.objects.filter(number=number).first()
        if purchase is not None and hmac.compare_digest(purchase.phone[-4:], form.cleaned_data["phone"]):
            kept = request.session.get("purchases", {})
            token = access_token(Cart(pk=purchase.cart_id))
            request.session["purchases"] = {**kept, purchase.number: token}
            return redirect("storefront:order", purchase.number)
        form.add_error(None, _("There is no order with this number and these digits. Please check both."))
    return render(
        request, "storefront/find_order.html", {"form": form}, status=422 if request.method == "POST" else 200
    )


def _may_try(*whose: str) -> bool:
    """Ten tries a quarter of an hour from one address, and for one number."""
    allowed = True
    for one in whose:
        key = f"find-order:{digest(one)}"
        cache.add(key, 0, TRIES_SECONDS)
        try:
            allowed = cache.incr(key) <= TRIES and allowed
        except ValueError:  # it ran out between the two lines
            cache.set(key, 1, TRIES_SECONDS)
    return allowed
