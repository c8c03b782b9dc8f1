"""Who is looking, and their cart: by the token in the session, or by the account they signed in to."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import ngettext

from market.accounts.models import User
from market.channels.models import Channel
from market.common.clock import read_clock
from market.common.errors import MarketError
from orders.cart.actions.change_cart import create_cart
from orders.cart.actions.merge_carts import merge_carts
from orders.cart.models import Cart
from orders.cart.queries import find_cart

Kind = Channel.Kind
KEPT_AS: Final[Mapping[str, str]] = {Kind.DOMESTIC: "cart", Kind.EXPORT: "export_cart"}  # in the session


def person(request: HttpRequest) -> User | None:
    return request.user if isinstance(request.user, User) else None


def session_cart(request: HttpRequest, kind: str = Kind.DOMESTIC) -> Cart | None:
    """The cart the session holds the token of, whatever has become of it."""
    kept = request.session.get(KEPT_AS[kind])
    if not kept:
        return None
    try:
        return find_cart(kept["id"], token=kept["token"])
    except MarketError:
        return None


def current_cart(request: HttpRequest, kind: str = Kind.DOMESTIC) -> Cart | None:
    """The open cart of the home market, or of export: they never mix. The first look after signing in makes the
    visitor's cart the person's, and says what that did."""
    user = person(request)
    cart = session_cart(request, kind)
    if cart is not None and (cart.state != Cart.State.OPEN or (cart.user_id and cart.user_id != (user and user.pk))):
        cart = None
    if user is None:
        return cart
    if cart is None:
        return _own_cart(user, kind)
    if cart.user_id is None:
        return _take_over(request, cart, user, read_clock())
    return cart


def _own_cart(user: User, kind: str) -> Cart | None:
    open_carts = Cart.objects.select_related("channel").filter(user=user, state=Cart.State.OPEN)
    return open_carts.filter(channel__kind=kind).order_by("-pk").first()


def _take_over(request: HttpRequest, cart: Cart, user: User, now: datetime) -> Cart | None:
    try:
        merged = merge_carts(cart, user, now=now)
    except MarketError:
        return _own_cart(user, cart.channel.kind)
    if merged.added:
        text = ngettext(
            "%(n)s product you had put aside earlier was added to your cart.",
            "%(n)s products you had put aside earlier were added to your cart.",
            merged.added,
        )
        messages.info(request, text % {"n": merged.added})
    if merged.kept:
        text = ngettext(
            "%(n)s product was in both carts: the quantity you chose just now holds.",
            "%(n)s products were in both carts: the quantities you chose just now hold.",
            merged.kept,
        )
        messages.info(request, text % {"n": merged.kept})
    return find_cart(merged.cart.pk, user=user)


def open_cart(request: HttpRequest, channel: Channel | None = None, *, now: datetime) -> Cart:
    """The current cart of this channel's kind (the home market's, unless told), or a new one whose token the session
    keeps."""
    kind = channel.kind if channel else Kind.DOMESTIC
    cart = current_cart(request, kind)
    if cart is None:
        channel = channel or Channel.objects.get(code="domestic")
        cart, token = create_cart(channel, user=person(request), now=now)
        request.session[KEPT_AS[kind]] = {"id": str(cart.pk), "token": token}
    return cart
