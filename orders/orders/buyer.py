"""How a mail reaches the buyer of a purchase, and where it leads them."""

from market.common.languages import normal_language
from orders.orders.models import Purchase


def buyer_address(purchase: Purchase) -> str:
    """Of a purchase read with its buyer; empty for who left no address."""
    return purchase.buyer_email or (purchase.buyer.email if purchase.buyer else "") or ""


def buyers_page(purchase: Purchase) -> str:
    """Its path, in the language of the purchase. A guest finds it by number and telephone: the address may have been
    mistyped, and then a link with a secret would open it to a stranger."""
    page = f"orders/{purchase.number}/" if purchase.buyer_id else "orders/find/"
    return f"/{normal_language(purchase.language)}/{page}"
