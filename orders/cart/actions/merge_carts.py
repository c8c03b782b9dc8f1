"""On sign-in: the visitor's cart becomes the person's, and takes over what they had left elsewhere."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from market.accounts.models import User
from market.common.errors import NotFound
from orders.cart.errors import CartIsOrdered
from orders.cart.models import Cart, CartLine


@dataclass(frozen=True)
class Merged:
    """`added` lines came from an older cart; `kept` lines stood in both, and the quantity of this visit holds."""

    cart: Cart
    added: int
    kept: int


def merge_carts(cart: Cart, user: User, *, now: datetime) -> Merged:
    """Effects: the cart is the user's; lines of their older open carts in the channel move into it, newest cart first;
    those carts are closed. A second call finds nothing more to do.

    Raises NotFound for a cart of somebody else, CartIsOrdered for one that is no longer open.
    """
    with transaction.atomic():
        older = list(
            Cart.objects.select_for_update()
            .filter(user=user, state=Cart.State.OPEN, channel_id=cart.channel_id)
            .exclude(pk=cart.pk)
            .order_by("-pk")
        )
        row = Cart.objects.select_for_update().get(pk=cart.pk)
        if row.user_id not in (None, user.pk):
            raise NotFound()
        if row.state != Cart.State.OPEN:
            raise CartIsOrdered(purchase_number="")
        have = set(CartLine.objects.filter(cart=row).values_list("variant_id", flat=True))
        added = kept = 0
        for other in older:
            theirs = set(CartLine.objects.filter(cart=other).values_list("variant_id", flat=True))
            kept += len(theirs & have)
            added += CartLine.objects.filter(cart=other, variant_id__in=theirs - have).update(cart=row)
            have |= theirs
            other.state = Cart.State.MERGED
            other.updated_at = now
            other.save(update_fields=["state", "updated_at"])
        row.user = user
        row.updated_at = now
        row.save(update_fields=["user", "updated_at"])
    return Merged(row, added, kept)
