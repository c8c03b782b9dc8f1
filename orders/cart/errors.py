from django.utils.translation import gettext_lazy as _

from market.common.errors import MarketError


class CartEmpty(MarketError):
    code = "cart_empty"
    text = _("There is nothing in the cart to order.")


class BelowMinimum(MarketError):
    """Details: `variant`, `sku`, `quantity`, `moq`, `multiple`, `suggested` (decimal strings)."""

    code = "below_minimum"
    text = _("%(sku)s: the minimum order is %(moq)s in steps of %(multiple)s. Try %(suggested)s.")


class NotForSale(MarketError):
    code = "not_for_sale"
    text = _("This product is not for sale here at the moment.")


class CartFull(MarketError):
    """Details: `most`."""

    code = "cart_full"
    text = _("A cart holds at most %(most)s lines. Please order these first.")


class CartIsOrdered(MarketError):
    """Details: `purchase_number`."""

    code = "cart_already_ordered"
    text = _("This cart has been ordered already.")
