"""Find a cart and price it. Three statements, however many lines and sellers."""

import hmac
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import BigIntegerField, Exists, OuterRef, QuerySet, Subquery, UUIDField

from catalog.pricing.ladder import Step, fits_multiple, ladder, line_total, next_step, step_for
from catalog.pricing.models import Price, PriceTier
from catalog.products.models import ChannelListing, Product, Variant
from catalog.stock.queries import free_stock
from market.accounts.models import User
from market.common.errors import NotFound
from market.common.ids import digest
from market.common.prepared import Param, PreparedSelect
from market.enterprises.models import Enterprise
from orders.cart.models import Cart, CartLine


@dataclass(frozen=True)
class PricedLine:
    """`problem` is empty, or a code: not_for_sale, below_minimum, out_of_stock, price_changed. Amounts in the cart's
    currency; `left` in units."""

    line: CartLine
    variant: Variant
    price: Price | None
    step: Step | None
    next: Step | None
    total: Decimal
    left: Decimal
    problem: str


@dataclass(frozen=True)
class PricedSeller:
    enterprise: Enterprise
    lines: tuple[PricedLine, ...]
    goods_total: Decimal


@dataclass(frozen=True)
class PricedCart:
    """Totals are of the ticked lines only."""

    cart: Cart
    currency: str
    sellers: tuple[PricedSeller, ...]
    goods_total: Decimal

    @property
    def lines(self) -> list[PricedLine]:
        return [line for seller in self.sellers for line in seller.lines]

    @property
    def selected(self) -> list[PricedLine]:
        return [line for line in self.lines if line.line.is_selected]

    @property
    def is_orderable(self) -> bool:
        return bool(self.selected) and not any(line.problem for line in self.selected)


_find_cart = PreparedSelect(lambda: Cart.objects.select_related("channel").filter(pk=Param("key", UUIDField())))


def find_cart(cart_id: UUID | str, *, token: str = "", user: User | None = None) -> Cart:
    """The cart, for whoever holds its token or is its owner. Raises NotFound for everybody else."""
    try:
        key = cart_id if isinstance(cart_id, UUID) else UUID(cart_id)
    except ValueError as error:
        raise NotFound() from error
    cart = next(iter(_find_cart(key=key)), None)
    if cart is None:
        raise NotFound()
    holds_token = bool(token) and hmac.compare_digest(cart.token_digest, digest(token))
    is_owner = user is not None and user.is_authenticated and cart.user_id == user.pk
    if not (holds_token or is_owner):
        raise NotFound()
    return cart


_CART = Param("cart", UUIDField())
_CHANNEL = Param("channel", BigIntegerField())


def lines_query(**annotations: Subquery) -> "QuerySet[CartLine]":
    """Lines of a cart (parameters `cart`, `channel`) to be prepared; `annotations` come along with each."""
    listings = ChannelListing.objects.filter(product=OuterRef("variant__product"), channel=_CHANNEL)
    return (
        CartLine.objects.filter(cart=_CART)
        .select_related("variant__product__enterprise", "variant__product__origin_unit", "variant__product__category")
        .annotate(is_listed=Exists(listings), **annotations)
        .order_by("variant__product__enterprise_id", "id")
    )


def _tiers_query() -> "QuerySet[PriceTier]":
    variants = CartLine.objects.filter(cart=_CART).values("variant")
    return PriceTier.objects.filter(price__channel=_CHANNEL, price__variant__in=variants).select_related("price")


_find_lines = PreparedSelect(lines_query)
_find_tiers = PreparedSelect(_tiers_query)


def cart_lines(cart: Cart, find: PreparedSelect[CartLine] = _find_lines, **values: Any) -> list[CartLine]:
    """Lines with everything pricing and ordering need, in two statements. `find`: another `lines_query`, prepared,
    whose annotations want these `values`."""
    lines = find(cart=cart.pk, channel=cart.channel_id, **values)
    tiers: dict[int, list[PriceTier]] = defaultdict(list)
    for tier in _find_tiers(cart=cart.pk, channel=cart.channel_id):
        tiers[tier.price.variant_id].append(tier)
    for line in lines:
        line.variant.channel_tiers = tiers[line.variant_id]  # type: ignore[attr-defined]
    return lines


def price_line(line: CartLine, currency: str, left: Decimal) -> PricedLine:
    """Pure, over a line loaded by `cart_lines`."""
    variant = line.variant
    tiers: list[PriceTier] = variant.channel_tiers  # type: ignore[attr-defined]
    price = tiers[0].price if tiers else None
    if price is not None:
        price.variant = variant  # loaded with the line already
    steps = ladder(price, tiers, variant.net_kg, currency) if price else []
    step = step_for(steps, line.quantity)
    total = line_total(step, line.quantity, currency) if step else Decimal(0)
    for_sale = (
        total > 0  # a thousandth of a cheap box rounds to nothing, which nobody can pay
        and variant.is_active
        and variant.product.state == Product.State.PUBLISHED
        and variant.product.enterprise.is_selling
        and bool(line.is_listed)  # type: ignore[attr-defined]
    )
    if not for_sale or price is None or step is None:
        return PricedLine(line, variant, None, None, None, Decimal(0), left, "not_for_sale")
    problem = ""
    if not fits_multiple(line.quantity, price.moq, price.multiple):
        problem = "below_minimum"
    elif left < line.quantity:
        problem = "out_of_stock"
    elif step.unit_price != line.price_seen:
        problem = "price_changed"
    return PricedLine(line, variant, price, step, next_step(steps, line.quantity), total, left, problem)


def priced_cart(cart: Cart) -> PricedCart:
    lines = cart_lines(cart)
    free = free_stock({line.variant_id for line in lines}) if lines else {}
    currency = cart.channel.currency
    by_seller: dict[int, list[PricedLine]] = defaultdict(list)
    for line in lines:
        priced = price_line(line, currency, free.get(line.variant_id, Decimal(0)))
        by_seller[line.variant.product.enterprise_id].append(priced)
    sellers = tuple(
        PricedSeller(
            enterprise=group[0].variant.product.enterprise,
            lines=tuple(group),
            goods_total=sum((item.total for item in group if item.line.is_selected), Decimal(0)),
        )
        for group in by_seller.values()
    )
    return PricedCart(cart, currency, sellers, sum((seller.goods_total for seller in sellers), Decimal(0)))
