from django.utils.translation import gettext_lazy as _

from market.common.errors import MarketError
from orders.cart.errors import CartEmpty

__all__ = ["CartEmpty", "ExportIsEnquiry", "IdempotencyConflict", "OrderedOtherwise", "StalePrice"]


class StalePrice(MarketError):
    """Details: `lines`, each with `variant`, `sku`, `seen`, `now` (amounts as strings)."""

    code = "stale_price"
    text = _("Prices have changed since you looked: %(summary)s. Please look again and confirm.")


class IdempotencyConflict(MarketError):
    """Details: `purchase_number`."""

    code = "idempotency_conflict"
    text = _("This cart was already ordered under another key, as %(purchase_number)s.")


class OrderedOtherwise(IdempotencyConflict):
    text = _("This cart was already ordered, as %(purchase_number)s, with another buyer or address.")


class ExportIsEnquiry(MarketError):
    """Details, where the edge knows it: `enquiry`, the address that takes the enquiry."""

    code = "export_is_enquiry"
    text = _("Export sales begin with an enquiry: no money is taken. Please send an export enquiry.")
