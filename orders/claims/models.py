"""Acceptance of what was delivered."""

from django.db import models

from market.accounts.models import User
from orders.orders.models import SellerOrder


class Acceptance(models.Model):
    """The buyer took the goods, or the clock did it for them (`by` empty)."""

    seller_order = models.OneToOneField(SellerOrder, on_delete=models.PROTECT, related_name="acceptance")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    is_automatic = models.BooleanField(default=False)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.seller_order} accepted"
