"""Buyers' pages: cart, checkout, payment, orders."""

import hmac
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from market.accounts.models import User
from market.channels.models import Channel
from market.common.clock import read_clock
from market.common.errors import MarketError, NotFound
from market.common.ids import digest, new_secret
from market.common.languages import active_language
from market.common.pages import hides_foreign_rows, signed_in, tell_refusal
from market.storefront.forms import CheckoutForm, LineForm
from orders.actions.accept_delivery import accept_delivery, is_fully_delivered
from orders.actions.settle_payment import settle_payment
from orders.cart.actions.change_cart import accept_prices, create_cart, put_line, remove_line
from orders.cart.models import Cart
from orders.cart.queries import find_cart, priced_cart
from orders.checkout.place_order import access_token, place_order
from orders.orders.models import Purchase, SellerOrder
from orders.payments.actions.start_payment import start_payment
from orders.payments.gateways.base import GatewayError
from orders.payments.gateways.registry import available_gateways
from orders.payments.gateways.sandbox import OUTCOMES, press
from orders.payments.models import Payment
from orders.payments.queries import payment_status
from orders.shipments.queries import journey


def person(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def session_cart(request: HttpRequest) -> Cart | None:
    """The visitor's open cart, by the token in their session."""
    kept = request.session.get("cart")
    if not kept:
        return None
    try:
        cart = find_cart(kept["id"], token=kept["token"])
    except NotFound:
        return None
    return cart if cart.state == Cart.State.OPEN else None


def cart(request: HttpRequest) -> HttpResponse:
    mine = session_cart(request)
    return render(request, "storefront/cart.html", {"cart": priced_cart(mine) if mine else None})


@require_POST
def put(request: HttpRequest) -> HttpResponse:
    """Sets a line; a refusal goes back to the product with the words and the numbers."""
    form = LineForm(request.POST)
    back = redirect(request.POST.get("back") or reverse("storefront:cart"))
    if not form.is_valid() or not back.url.startswith("/") or back.url.startswith("//"):
        messages.error(request, _("Please enter a quantity, such as 10."))
        return redirect("storefront:cart")
    now = read_clock()
    mine = session_cart(request)
    try:
        if mine is None:
            channel = Channel.objects.get(code="domestic")
            mine, token = create_cart(channel, user=person(request), now=now)
            request.session["cart"] = {"id": str(mine.pk), "token": token}
        put_line(mine, form.cleaned_data["variant"], form.cleaned_data["quantity"], now=now)
    except MarketError as error:
        tell_refusal(request, error)
        return back
    return redirect("storefront:cart")


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Remove a line, or accept the prices as they are now."""
    mine = session_cart(request)
    if mine is not None and "remove" in request.POST and request.POST["remove"].isdigit():
        remove_line(mine, int(request.POST["remove"]))
    if mine is not None and "accept" in request.POST:
        accept_prices(mine, {line.variant.pk: line.step.unit_price for line in priced_cart(mine).lines if line.step})
    return redirect("storefront:cart")


@never_cache
def checkout(request: HttpRequest) -> HttpResponse:
    mine = session_cart(request)
    if mine is None:
        return redirect("storefront:cart")
    form = CheckoutForm(request.POST or None, initial={"key": new_secret(16)})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                placed = place_order(
                    mine,
                    buyer=form.buyer(person(request), active_language()),
                    address=form.address(),
                    idempotency_key=form.cleaned_data["key"],
                    now=read_clock(),
                )
            except MarketError as error:
                tell_refusal(request, error)
            else:
                kept = request.session.get("purchases", {})
                request.session["purchases"] = {**kept, placed.purchase.number: access_token(mine)}
                return redirect("storefront:order", placed.purchase.number)
    context = {"form": form, "cart": priced_cart(mine)}
    return render(request, "storefront/checkout.html", context, status=status)


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


@never_cache
@hides_foreign_rows
def order(request: HttpRequest, number: str) -> HttpResponse:
    purchase = my_purchase(request, number)
    orders = list(purchase.seller_orders.select_related("enterprise").prefetch_related("lines").order_by("pk"))
    moves = journey(orders)
    open_payment = purchase.payments.filter(state__in=["action_required", "processing"]).order_by("-pk").first()
    payable = any(o.state == SellerOrder.State.AWAITING_PAYMENT for o in orders)
    context: dict[str, Any] = {
        "purchase": purchase,
        "rows": [
            {
                "order": o,
                "shipments": moves[o.pk],
                "can_accept": o.state == SellerOrder.State.IN_PROGRESS and is_fully_delivered(o),
            }
            for o in orders
        ],
        "payment": open_payment,
        "payment_status": payment_status(purchase),
        "gateways": available_gateways(purchase.channel.gateways) if payable else [],
    }
    return render(request, "storefront/order.html", context)


@signed_in
def orders(request: HttpRequest) -> HttpResponse:
    mine = Purchase.objects.filter(buyer=person(request)).prefetch_related("seller_orders").order_by("-placed_at")[:50]
    return render(request, "storefront/orders.html", {"purchases": mine})


@require_POST
@hides_foreign_rows
def pay(request: HttpRequest, number: str) -> HttpResponse:
    purchase = my_purchase(request, number)
    back = reverse("storefront:order", args=[number])
    try:
        payment = start_payment(
            purchase, request.POST.get("gateway", ""), return_url=request.build_absolute_uri(back), now=read_clock()
        )
    except MarketError as error:
        tell_refusal(request, error)
        return redirect(back)
    except GatewayError:
        messages.error(request, _("The payment provider does not answer. Nothing was taken; please try again."))
        return redirect(back)
    if payment.next_action.get("kind") == "sandbox":
        return redirect("storefront:sandbox", payment.provider_ref)
    return redirect(back)


@never_cache
@hides_foreign_rows
def sandbox(request: HttpRequest, ref: str) -> HttpResponse:
    """The stand-in for a provider's page: its buttons decide, then the buyer comes back and we ask for the truth."""
    payment = Payment.objects.select_related("purchase").filter(gateway="sandbox", provider_ref=ref).first()
    if payment is None:
        raise NotFound()
    my_purchase(request, payment.purchase.number)
    if request.method == "POST" and request.POST.get("outcome") in OUTCOMES:
        try:
            press(ref, request.POST["outcome"])
            settle_payment(payment, now=read_clock())
        except GatewayError:
            messages.error(request, _("The payment provider does not answer. Nothing was taken; please try again."))
        return redirect("storefront:order", payment.purchase.number)
    return render(request, "storefront/sandbox.html", {"payment": payment})


@require_POST
@hides_foreign_rows
def accept(request: HttpRequest, number: str, order_number: str) -> HttpResponse:
    purchase = my_purchase(request, number)
    order = purchase.seller_orders.filter(number=order_number).first()
    if order is None:
        raise NotFound()
    try:
        accept_delivery(order, by=person(request), now=read_clock())
        messages.success(request, _("Thank you: the goods are accepted."))
    except MarketError as error:
        tell_refusal(request, error)
    return redirect("storefront:order", number)
