"""Make a cart and change its lines. Adding costs three statements whatever the cart holds."""

from datetime import datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import BigIntegerField, Count, QuerySet, Subquery, UUIDField

from catalog.pricing.ladder import fits_multiple, ladder, nearest_allowed, step_for
from catalog.pricing.models import PriceTier
from catalog.products.models import Product
from market.accounts.models import User
from market.channels.models import Channel
from market.common.bulk import insert_rows
from market.common.errors import InvalidInput
from market.common.ids import digest, new_secret
from market.common.prepared import Param, PreparedSelect
from market.common.quantity import plain
from market.enterprises.models import Enterprise
from orders.cart.errors import BelowMinimum, CartFull, CartIsOrdered, NotForSale
from orders.cart.models import Cart, CartLine

MAX_QUANTITY = Decimal(1_000_000)
MAX_LINES = 200


def create_cart(channel: Channel, *, user: User | None, now: datetime) -> tuple[Cart, str]:
    """The cart and its secret token, which is not stored and cannot be shown again."""
    token = new_secret()
    cart = Cart.objects.create(channel=channel, user=user, token_digest=digest(token), created_at=now, updated_at=now)
    return cart, token


def put_line(cart: Cart, variant_id: int, quantity: Decimal, *, now: datetime) -> CartLine:
    """Sets the line to this quantity (it does not add up). The server's price is remembered as the one seen.

    Raises NotForSale, BelowMinimum with the nearest allowed quantity, InvalidInput, CartIsOrdered, CartFull.
    """
    if cart.state != Cart.State.OPEN:
        raise CartIsOrdered(purchase_number="")
    if quantity <= 0 or quantity > MAX_QUANTITY or quantity != round(quantity, 3):
        raise InvalidInput(fields={"quantity": f"0.001 – {MAX_QUANTITY}"})
    tiers = _find_tiers(variant=variant_id, channel=cart.channel_id, cart=cart.pk)
    if not tiers:
        raise NotForSale()
    if (tiers[0].other_lines or 0) >= MAX_LINES:  # type: ignore[attr-defined]
        raise CartFull(most=MAX_LINES)
    price = tiers[0].price
    check_quantity(quantity, price.moq, price.multiple, variant=variant_id, sku=price.variant.sku)
    step = step_for(ladder(price, tiers, price.variant.net_kg, cart.channel.currency), quantity)
    assert step is not None
    line = CartLine(cart=cart, variant=price.variant, quantity=quantity, price_seen=step.unit_price, added_at=now)
    insert_rows([line], unique=["cart", "variant"], update=["quantity", "price_seen", "added_at"])
    return line


def _tiers_for_sale() -> "QuerySet[PriceTier]":
    channel, variant = Param("channel", BigIntegerField()), Param("variant", BigIntegerField())
    others = CartLine.objects.filter(cart=Param("cart", UUIDField())).exclude(variant=variant)
    count = others.order_by().values("cart").annotate(count=Count("pk")).values("count")
    rows = PriceTier.objects.select_related("price__variant").annotate(other_lines=Subquery(count))
    return on_sale(rows, channel).filter(price__variant=variant)


def on_sale(tiers: "QuerySet[PriceTier]", channel: int | Param) -> "QuerySet[PriceTier]":
    """Those of packings that can be bought in the channel."""
    return tiers.filter(
        price__channel=channel,
        price__variant__is_active=True,
        price__variant__product__state=Product.State.PUBLISHED,
        price__variant__product__enterprise__state=Enterprise.State.APPROVED,
        price__variant__product__listings__channel=channel,
    )


_find_tiers = PreparedSelect(_tiers_for_sale)


def check_quantity(quantity: Decimal, moq: Decimal, multiple: Decimal, *, variant: int, sku: str) -> None:
    """Raises BelowMinimum, which names the packing, unless MOQ and order multiple hold."""
    if not fits_multiple(quantity, moq, multiple):
        raise BelowMinimum(
            variant=variant,
            sku=sku,
            quantity=plain(quantity),
            moq=plain(moq),
            multiple=plain(multiple),
            suggested=plain(nearest_allowed(quantity, moq, multiple)),
        )


def remove_line(cart: Cart, variant_id: int) -> None:
    CartLine.objects.filter(cart=cart, variant_id=variant_id).delete()


def select_lines(cart: Cart, variant_ids: set[int]) -> None:
    """Tick these lines for this checkout; the others stay for later."""
    with transaction.atomic():
        cart.lines.update(is_selected=False)
        cart.lines.filter(variant_id__in=variant_ids).update(is_selected=True)


def accept_prices(cart: Cart, seen: dict[int, Decimal]) -> None:
    """The buyer has seen and accepts these unit prices (variant id -> amount in the cart's currency)."""
    for line in cart.lines.filter(variant_id__in=seen):
        line.price_seen = seen[line.variant_id]
        line.save(update_fields=["price_seen"])
