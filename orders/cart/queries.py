"""Find a cart and price it. Three statements, however many lines and sellers."""

import hmac
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from django.db.models import BigIntegerField, BooleanField, Exists, ExpressionWrapper, OuterRef, Q, QuerySet, UUIDField

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


CART = Param("cart", UUIDField())
CHANNEL = Param("channel", BigIntegerField())


def is_on_sale() -> "ExpressionWrapper[Q]":
    """Whether a cart line's packing, product and seller are, and the product is listed in the channel (parameter
    `channel`); an annotation."""
    listings = ChannelListing.objects.filter(product=OuterRef("variant__product"), channel=CHANNEL)
    stands = Q(
        variant__is_active=True,
        variant__product__state=Product.State.PUBLISHED,
        variant__product__enterprise__state=Enterprise.State.APPROVED,
    )
    return ExpressionWrapper(stands & Q(Exists(listings)), output_field=BooleanField())


def _lines_query() -> "QuerySet[CartLine]":
    return (
        CartLine.objects.filter(cart=CART)
        .select_related("variant__product__enterprise", "variant__product__origin_unit", "variant__product__category")
        .annotate(is_on_sale=is_on_sale())
        .order_by("variant__product__enterprise_id", "id")
    )


def _tiers_query() -> "QuerySet[PriceTier]":
    variants = CartLine.objects.filter(cart=CART).values("variant")
    return PriceTier.objects.filter(price__channel=CHANNEL, price__variant__in=variants).select_related("price")


_find_lines = PreparedSelect(_lines_query)
_find_tiers = PreparedSelect(_tiers_query)


def _cart_lines(cart: Cart) -> list[CartLine]:
    """Lines with everything pricing and the page need, in two statements."""
    lines = _find_lines(cart=cart.pk, channel=cart.channel_id)
    tiers: dict[int, list[PriceTier]] = defaultdict(list)
    for tier in _find_tiers(cart=cart.pk, channel=cart.channel_id):
        tiers[tier.price.variant_id].append(tier)
    for line in lines:
        line.variant.channel_tiers = tiers[line.variant_id]  # type: ignore[attr-defined]
    return lines


def _price_line(line: CartLine, currency: str, left: Decimal) -> PricedLine:
    """Pure, over a line loaded by `_cart_lines`."""
    variant = line.variant
    tiers: list[PriceTier] = variant.channel_tiers  # type: ignore[attr-defined]
    price = tiers[0].price if tiers else None
    if price is not None:
        price.variant = variant  # loaded with the line already
    steps = ladder(price, tiers, variant.net_kg, currency) if price else []
    step = step_for(steps, line.quantity)
    total = line_total(step, line.quantity, currency) if step else Decimal(0)
    # A thousandth of a cheap box rounds to nothing, which nobody can pay.
    is_for_sale = total > 0 and bool(line.is_on_sale)  # type: ignore[attr-defined]
    if not is_for_sale or price is None or step is None:
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
    lines = _cart_lines(cart)
    free = free_stock({line.variant_id for line in lines}) if lines else {}
    currency = cart.channel.currency
    by_seller: dict[int, list[PricedLine]] = defaultdict(list)
    for line in lines:
        priced = _price_line(line, currency, free.get(line.variant_id, Decimal(0)))
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
