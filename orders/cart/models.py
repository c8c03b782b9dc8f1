"""The cart: what a buyer means to buy. Prices are the server's, at every look."""

from django.db import models
from django.db.models import Q

from catalog.products.models import Variant
from market.accounts.models import User
from market.channels.models import Channel
from market.common.fields import AmountField, QuantityField
from market.common.ids import uuid7


class Cart(models.Model):
    class State(models.TextChoices):
        OPEN = "open"
        ORDERED = "ordered"
        MERGED = "merged"

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, on_delete=models.CASCADE, null=True, related_name="carts")
    token_digest = models.CharField(max_length=64)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="carts")
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["user"], name="cart_open_of_user", condition=Q(state="open"))]

    def __str__(self) -> str:
        return str(self.id)


class CartLine(models.Model):
    """`price_seen` is the unit price the buyer saw last; a changed price must be accepted before ordering."""

    cart = models.ForeignKey(Cart, on_delete=models.CASCADE, related_name="lines")
    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="+")
    quantity = QuantityField()
    price_seen = AmountField()
    is_selected = models.BooleanField(default=True)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["cart", "variant"], name="cart_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="cart_line_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.variant} × {self.quantity}"
