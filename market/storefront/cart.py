"""The cart's pages."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from catalog.pricing.ladder import nearest_allowed
from catalog.products.models import Variant
from market.common.clock import read_clock
from market.common.errors import MarketError
from market.common.languages import active_language, listed
from market.common.pages import hides_foreign_rows, tell_refusal
from market.common.quantity import format_number, format_quantity
from market.storefront.access import my_purchase
from market.storefront.offers import offers_of
from market.storefront.views import enquiry_url, find_product, read_quantity, show_product
from market.storefront.visitor import current_cart, open_cart
from orders.cart.actions.change_cart import accept_prices, put_line, remove_line, select_lines
from orders.cart.actions.order_again import Again, order_again
from orders.cart.models import Cart, CartLine
from orders.cart.queries import PricedCart, PricedLine, priced_cart
from orders.orders.models import OrderLine


def put(request: HttpRequest) -> HttpResponse:
    """From the product page: sets the line. What is refused is said at the field, with what was typed still there.
    Whoever comes to this address again (reload, another language, back from signing in) is led to the cart."""
    if request.method != "POST":
        return redirect("storefront:cart")
    chosen = request.POST.get("variant", "")
    variant = Variant.objects.filter(pk=int(chosen)).first() if chosen.isdecimal() and len(chosen) < 16 else None
    if variant is None:
        messages.error(request, _("No longer for sale."))
        return redirect("storefront:cart")
    product = find_product(variant.product_id)
    typed = request.POST.get("quantity", "")[:40]
    if "reckon" in request.POST:
        address = reverse("storefront:product", args=[product.pk, product.slug])
        quantity = read_quantity(typed)
        return redirect(f"{address}?v={variant.pk}&quantity={quantity.normalize():f}" if quantity else address)
    now = read_clock()
    try:
        problem = _put(request, variant, typed)
    except MarketError as error:
        problem = error.message
    if problem:
        return show_product(request, product, variant=chosen, typed=typed, problem=problem, status=422)
    if "now" in request.POST:
        cart = open_cart(request, now=now)
        select_lines(cart, {variant.pk})
        return redirect("storefront:checkout")
    quantity = read_quantity(typed)
    assert quantity is not None
    shown = format_quantity(quantity, variant.unit, active_language())
    text = _("In your cart: %(quantity)s of %(product)s.") % {"quantity": shown, "product": product.name}
    messages.success(request, text, extra_tags="to-cart")
    return redirect("storefront:product", product.pk, product.slug)


def _put(request: HttpRequest, variant: Variant, typed: str) -> str:
    """Why not, or empty when it is in the cart. Raises what `put_line` raises."""
    quantity = read_quantity(typed)
    if quantity is None:
        return _("Please enter a quantity, such as 10.")
    now = read_clock()
    cart = open_cart(request, now=now)
    offer = next((o for o in offers_of(variant.product, cart.channel) if o.variant.pk == variant.pk), None)
    quote = offer.quote(quantity) if offer else None
    if offer and quote and quote.problem == "out_of_stock":
        left = format_quantity(offer.left, variant.unit, active_language())
        return _("Only %(left)s are left.") % {"left": left}
    if offer and quote and quote.problem == "below_minimum":
        amounts = {"moq": offer.price.moq, "multiple": offer.price.multiple, "suggested": quote.suggested}
        return _("The minimum order is %(moq)s, in steps of %(multiple)s. Try %(suggested)s.") % {
            name: format_number(amount, active_language()) for name, amount in amounts.items()
        }
    put_line(cart, variant.pk, quantity, now=now)
    return ""


@never_cache
def cart(request: HttpRequest) -> HttpResponse:
    mine = current_cart(request)
    refusals: dict[int, str] = {}
    if request.method == "POST":
        if mine is not None:
            refusals = _change(request, mine)
        if not refusals and not request.htmx:  # type: ignore[attr-defined]
            return redirect("storefront:checkout" if "checkout" in request.POST else "storefront:cart")
    status = 422 if refusals else 200
    return render(request, _template(request), cart_context(mine, refusals), status=status)


def _template(request: HttpRequest) -> str:
    is_fragment = bool(request.htmx) and not request.htmx.history_restore_request  # type: ignore[attr-defined]
    return "storefront/cart.html" + ("#answer" if is_fragment else "")


def cart_context(mine: Cart | None, refusals: dict[int, str]) -> dict[str, Any]:
    priced = priced_cart(mine) if mine else None
    return {
        "cart": priced,
        "groups": _groups(priced, refusals) if priced else [],
        "count": len(priced.lines if priced else []),
        "enquiry_url": enquiry_url(),
    }


def _groups(priced: PricedCart, refusals: dict[int, str]) -> list[dict[str, Any]]:
    return [
        {
            "seller": seller,
            "lines": [
                {"item": line, "refusal": refusals.get(line.variant.pk, ""), "possible": _possible(line)}
                for line in seller.lines
            ],
            "ticked": any(line.line.is_selected for line in seller.lines),
        }
        for seller in priced.sellers
    ]


def _possible(line: PricedLine) -> Decimal | None:
    """The quantity that would do instead, if there is one."""
    if line.price is None:
        return None
    moq, multiple = line.price.moq, line.price.multiple
    if line.problem == "below_minimum":
        wanted = nearest_allowed(line.line.quantity, moq, multiple)
    elif line.problem == "out_of_stock":
        wanted = line.left // multiple * multiple
    else:
        return None
    return wanted if moq <= wanted <= line.left else None


def _change(request: HttpRequest, mine: Cart) -> dict[int, str]:
    """One act a post: remove a line, take a possible quantity, accept prices, or everything as the form stands.
    Returns what was refused, by variant; the cart keeps what it had there."""
    remove, take = request.POST.get("remove", ""), request.POST.get("take", "")
    if remove.isdecimal() and len(remove) < 16:
        remove_line(mine, int(remove))
        return {}
    if "accept" in request.POST:
        accept_prices(mine, {line.variant.pk: line.step.unit_price for line in priced_cart(mine).lines if line.step})
        return {}
    if take:
        variant_id, _colon, typed = take.partition(":")
        lines = CartLine.objects.filter(cart=mine).values_list("variant_id", flat=True)
        wishes = {pk: typed for pk in lines if str(pk) == variant_id}
    else:
        wishes = _wishes(request, mine)
        ticked = {int(pk) for pk in request.POST.getlist("tick") if pk.isdecimal() and len(pk) < 16}
        select_lines(mine, ticked)
    return {pk: refusal for pk, typed in wishes.items() if (refusal := _set(mine, pk, typed))}


def _wishes(request: HttpRequest, mine: Cart) -> dict[int, str]:
    """What was typed, for lines whose quantity would change."""
    wishes = {}
    for line in CartLine.objects.filter(cart=mine):
        typed = request.POST.get(f"quantity-{line.variant_id}")
        if typed is not None and read_quantity(typed) != line.quantity:
            wishes[line.variant_id] = typed[:40]
    return wishes


def _set(mine: Cart, variant_id: int, typed: str) -> str:
    quantity = read_quantity(typed)
    if quantity is None:
        return _("Please enter a quantity, such as 10.")
    try:
        put_line(mine, variant_id, quantity, now=read_clock())
    except MarketError as error:
        return error.message
    return ""


@require_POST
@hides_foreign_rows
def again(request: HttpRequest, number: str) -> HttpResponse:
    """All of a purchase into the cart once more, at today's prices; what differs is said line by line."""
    purchase, now = my_purchase(request, number), read_clock()
    lines = OrderLine.objects.filter(seller_order__purchase=purchase).order_by("seller_order", "position")
    try:
        found = order_again(open_cart(request, now=now), lines, now=now)
    except MarketError as error:
        tell_refusal(request, error)
        return redirect("storefront:order", number)
    _tell(request, found)
    return redirect("storefront:cart")


def _tell(request: HttpRequest, found: Again) -> None:
    if found.added:
        text = ngettext(
            "%(n)s product is in your cart again, at today's price.",
            "%(n)s products are in your cart again, at today's prices.",
            len(found.added),
        )
        messages.success(request, text % {"n": len(found.added)})
    for line in found.other_quantity:
        shown = format_quantity(line.quantity, line.variant.unit, active_language())
        text = _("%(sku)s is sold in other quantities now: %(quantity)s are in your cart.")
        messages.info(request, text % {"sku": line.variant.sku, "quantity": shown})
    if found.kept:
        text = _("In your cart already, and left as it is: %(names)s.")
        messages.info(request, text % {"names": listed(line.product_name for line in found.kept)})
    if found.gone:
        text = _("No longer for sale: %(names)s.")
        messages.error(request, text % {"names": listed(line.product_name for line in found.gone)})


@never_cache
def cart_count(request: HttpRequest) -> HttpResponse:
    """How many lines the cart holds, for the header; empty for an empty one."""
    mine = current_cart(request) if request.session.session_key else None
    count = CartLine.objects.filter(cart=mine).count() if mine else 0
    return render(request, "storefront/_cart_count.html", {"count": count})
