"""From the cart to a purchase, on one page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from market.common.clock import read_clock
from market.common.errors import MarketError
from market.common.ids import new_secret
from market.common.languages import active_language
from market.storefront.forms import CheckoutForm
from market.storefront.views import enquiry_url
from market.storefront.visitor import current_cart, person, session_cart
from orders.cart.models import Cart
from orders.cart.queries import find_cart, priced_cart
from orders.checkout.place_order import access_token, place_order


@never_cache
def checkout(request: HttpRequest) -> HttpResponse:
    """A second post of the same form finds the purchase the first one made."""
    mine = current_cart(request) or (_ordered_cart(request) if request.method == "POST" else None)
    if mine is None:
        return redirect("storefront:cart")
    form = CheckoutForm(request.POST or None, initial=_known(request) | {"key": new_secret(16)})
    if request.method == "POST" and form.is_valid():
        try:
            placed = place_order(
                mine,
                buyer=form.buyer(person(request), active_language()),
                address=form.address(),
                idempotency_key=form.cleaned_data["key"],
                now=read_clock(),
            )
        except MarketError as error:
            form.add_error(None, error.message)
        else:
            remember_purchase(request, placed.purchase.number, mine)
            return redirect("storefront:order", placed.purchase.number)
    priced = priced_cart(mine)
    if not priced.selected:
        return redirect("storefront:cart")
    context = {"form": form, "cart": priced, "enquiry_url": enquiry_url()}
    return render(request, "storefront/checkout.html", context, status=422 if request.method == "POST" else 200)


def _ordered_cart(request: HttpRequest) -> Cart | None:
    """The cart of this session that has just been ordered: a double click, or Back and again."""
    cart = session_cart(request)
    if cart is not None and cart.state == Cart.State.ORDERED:
        return cart
    user, kept = person(request), request.session.get("ordered_cart", "")
    if user is None or not kept:
        return None
    try:
        return find_cart(kept, user=user)
    except MarketError:
        return None


def _known(request: HttpRequest) -> dict[str, str]:
    """What the person gave us last time, so that nobody is asked twice."""
    user = person(request)
    if user is None:
        return {}
    last = user.purchases.filter(country="CN").order_by("-placed_at").first()
    if last is None:
        return {"recipient": user.full_name, "phone": user.phone or "", "email": user.email or ""}
    names = ("recipient", "phone", "province", "city", "district", "street")
    return {name: getattr(last, name) for name in names} | {"email": last.buyer_email}


def remember_purchase(request: HttpRequest, number: str, cart: Cart) -> None:
    """The session may look at the purchase, and knows the cart it came from."""
    kept = request.session.get("purchases", {})
    request.session["purchases"] = {**kept, number: access_token(cart)}
    request.session["ordered_cart"] = str(cart.pk)
