"""What was ordered once goes into the cart again, at today's prices."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from catalog.pricing.ladder import fits_multiple, ladder, nearest_allowed, step_for
from catalog.pricing.models import PriceTier
from market.common.bulk import insert_rows
from orders.cart.actions.change_cart import MAX_LINES, MAX_QUANTITY, on_sale
from orders.cart.errors import CartFull, CartIsOrdered
from orders.cart.models import Cart, CartLine
from orders.orders.models import OrderLine


@dataclass(frozen=True)
class Again:
    """`added` lines; of those `other_quantity` where what was ordered then is no longer allowed. `kept` stood in the
    cart already and stay as they are. `gone` are no longer for sale here."""

    added: list[CartLine] = field(default_factory=list)
    other_quantity: list[CartLine] = field(default_factory=list)
    kept: list[OrderLine] = field(default_factory=list)
    gone: list[OrderLine] = field(default_factory=list)


def order_again(cart: Cart, lines: Iterable[OrderLine], *, now: datetime) -> Again:
    """Puts the packings of these order lines into the cart, ticked. Four statements, however many. What is left of them
    the cart says, as it does of any line. Raises CartIsOrdered, CartFull; nothing is added then."""
    wanted: dict[int, Decimal] = defaultdict(Decimal)
    first: dict[int, OrderLine] = {}
    for line in lines:
        wanted[line.variant_id] += line.quantity
        first.setdefault(line.variant_id, line)
    again = Again()
    with transaction.atomic():
        row = Cart.objects.select_for_update().select_related("channel").get(pk=cart.pk)
        if row.state != Cart.State.OPEN:
            raise CartIsOrdered(purchase_number="")
        there = set(CartLine.objects.filter(cart=row).values_list("variant_id", flat=True))
        tiers: dict[int, list[PriceTier]] = defaultdict(list)
        found = on_sale(PriceTier.objects.select_related("price__variant"), row.channel_id)
        for tier in found.filter(price__variant__in=wanted).order_by("min_quantity"):
            tiers[tier.price.variant_id].append(tier)
        for variant, quantity in wanted.items():
            if variant in there:
                again.kept.append(first[variant])
            elif not tiers[variant]:
                again.gone.append(first[variant])
            else:
                _add(again, row, tiers[variant], min(quantity, MAX_QUANTITY), now)
        if len(there) + len(again.added) > MAX_LINES:
            raise CartFull(most=MAX_LINES)
        insert_rows(again.added)
    return again


def _add(again: Again, cart: Cart, tiers: list[PriceTier], quantity: Decimal, now: datetime) -> None:
    price = tiers[0].price
    is_allowed = fits_multiple(quantity, price.moq, price.multiple)
    quantity = quantity if is_allowed else nearest_allowed(quantity, price.moq, price.multiple)
    step = step_for(ladder(price, tiers, price.variant.net_kg, cart.channel.currency), quantity)
    assert step is not None
    line = CartLine(cart=cart, variant=price.variant, quantity=quantity, price_seen=step.unit_price, added_at=now)
    again.added.append(line)
    if not is_allowed:
        again.other_quantity.append(line)
