"""Paying for a purchase: the ways there are, and the sandbox's own page."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from market.common.clock import read_clock
from market.common.errors import MarketError, NotFound
from market.common.pages import hides_foreign_rows, tell_refusal
from market.storefront.access import my_purchase
from orders.actions.settle_payment import settle_payment
from orders.orders.models import Purchase
from orders.payments.actions.start_payment import start_payment
from orders.payments.gateways.base import GatewayError
from orders.payments.gateways.registry import available_gateways, get_gateway
from orders.payments.gateways.sandbox import OUTCOMES, press
from orders.payments.models import Payment

# What comes next on an attempt, where the order's page says it; elsewhere the way's own button leads on.
TOLD = ("bank_details", "redirect", "qr")


def next_on(payment: Payment | None) -> dict[str, Any]:
    """What the page says of the open attempt, or nothing."""
    return payment.next_action if payment is not None and payment.next_action.get("kind") in TOLD else {}


def ways_to_pay(purchase: Purchase, payment: Payment | None) -> list[dict[str, Any]]:
    """But for that of the open attempt of which the page says what comes next."""
    names = {
        "sandbox": (_("Sandbox payment"), _("A practice payment: no real money moves.")),
        "bank_transfer": (_("Bank transfer"), _("You get our account and a reference; three working days to pay.")),
        "stripe:alipay": (_("Alipay"), _("On our payment provider's page.")),
        "stripe:wechat_pay": (_("WeChat Pay"), _("You scan a code on the next page.")),
    }
    under_way = _code(payment.gateway, payment.method) if payment is not None and next_on(payment) else ""
    return [
        {
            "code": code,
            "name": names.get(code, (code, ""))[0],
            "hint": names.get(code, (code, ""))[1],
        }
        for gateway in available_gateways(purchase.channel.gateways)
        for code in _codes(gateway, purchase.currency)
        if code != under_way
    ]


def _codes(gateway: str, currency: str) -> list[str]:
    """One for a gateway without methods, else one per method. A card needs its provider's own script, which our pages
    do not load; programs get the client secret over the API."""
    methods = get_gateway(gateway).methods(currency)
    return [_code(gateway, method) for method in methods if method != "card"] if methods else [gateway]


def _code(gateway: str, method: str) -> str:
    return f"{gateway}:{method}" if method else gateway


@require_POST
@hides_foreign_rows
def pay(request: HttpRequest, number: str) -> HttpResponse:
    purchase = my_purchase(request, number)
    back = reverse("storefront:order", args=[number])
    gateway, _separator, method = request.POST.get("gateway", "").partition(":")
    try:
        payment = start_payment(
            purchase, gateway, method=method, return_url=request.build_absolute_uri(back), now=read_clock()
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
