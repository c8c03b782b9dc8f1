"""How a mail or a short message reaches the buyer of a purchase, and where it leads them."""

from market.common.languages import normal_language
from orders.orders.models import Purchase


def buyer_address(purchase: Purchase) -> str:
    """Of a purchase read with its buyer; empty for who left no address."""
    return purchase.buyer_email or (purchase.buyer.email if purchase.buyer else "") or ""


def buyer_phone(purchase: Purchase) -> str:
    """Of who left no address: the number that signs in, else the one on the parcel; E.164. Empty for others."""
    if buyer_address(purchase):
        return ""
    if purchase.buyer and purchase.buyer.phone_verified and purchase.buyer.phone:
        return purchase.buyer.phone
    return purchase.phone


def buyers_page(purchase: Purchase) -> str:
    """Its path, in the language of the purchase. A guest finds it by number and telephone: the address may have been
    mistyped, and then a link with a secret would open it to a stranger."""
    page = f"orders/{purchase.number}/" if purchase.buyer_id else "orders/find/"
    return f"/{normal_language(purchase.language)}/{page}"
