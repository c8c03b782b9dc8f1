"""The ticked lines of a cart, priced and for sale; what an order and an enquiry both start from."""

from decimal import Decimal
from typing import Any

from market.common.prepared import PreparedSelect
from orders.cart.actions.change_cart import check_quantity
from orders.cart.errors import CartEmpty, NotForSale
from orders.cart.models import Cart, CartLine
from orders.cart.queries import PricedLine, cart_lines, price_line

_PLENTY = Decimal(10**9)  # stock is decided by the reservation, not by the look before it


def as_ordered(line: PricedLine) -> dict[str, Any]:
    """What the line of an order or enquiry keeps of product, packing and price as they are now: columns of both."""
    assert line.step is not None
    variant, product = line.variant, line.variant.product
    return {
        "variant": variant,
        "product_name_zh": product.name_zh,
        "product_name_en": product.name_en,
        "product_name_ru": product.name_ru,
        "sku": variant.sku,
        "unit": variant.unit,
        "net_kg": variant.net_kg,
        "quantity": line.line.quantity,
        "unit_price": line.step.unit_price,
        "hs_code": product.hs_code,
        "origin_country": product.origin_country,
        "origin_subdivision": product.origin_subdivision,
    }


def checked_lines(cart: Cart, find: PreparedSelect[CartLine], **values: Any) -> list[PricedLine]:
    """`find` and `values` as for `cart_lines`.

    Raises CartEmpty, NotForSale, BelowMinimum. A line whose price has changed has the problem `price_changed`.
    """
    currency = cart.channel.currency
    lines = [price_line(line, currency, _PLENTY) for line in cart_lines(cart, find, **values) if line.is_selected]
    if not lines:
        raise CartEmpty()
    for line in lines:
        if line.price is None or line.step is None:
            raise NotForSale(variant=line.line.variant_id, sku=line.variant.sku)
        check_quantity(line.price, line.line.quantity)
    return lines
