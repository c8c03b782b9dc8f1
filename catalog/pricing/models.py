"""Prices: one row per packing and channel, with its ladder, MOQ and order multiple."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.products.models import Variant
from market.channels.models import Channel
from market.common.fields import AmountField, QuantityField
from market.common.tenancy import TenantQuerySet


class PriceQuerySet(TenantQuerySet["Price"]):
    enterprise_lookup = "variant__product__enterprise_id"
    unit_path_lookup = "variant__product__enterprise__unit__path"


class Price(models.Model):
    """What a packing costs in a channel. The seller states it per kilogram or per unit (`basis`); the other is
    computed, so the two are one number seen two ways."""

    class Basis(models.TextChoices):
        PER_KG = "per_kg", _("per kg")
        PER_UNIT = "per_unit", _("per unit")

    variant = models.ForeignKey(Variant, on_delete=models.CASCADE, related_name="prices")
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="prices")
    basis = models.CharField(max_length=8, choices=Basis, default=Basis.PER_KG)
    moq = QuantityField(_("minimum order"), default=1)
    multiple = QuantityField(_("order multiple"), default=1)

    objects = PriceQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["variant", "channel"], name="price_once"),
            models.CheckConstraint(condition=Q(moq__gt=0, multiple__gt=0), name="price_moq_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.variant} in {self.channel}"


class PriceTier(models.Model):
    """A step of the ladder: from this quantity (in units of the packing) the amount (in the price's basis) holds."""

    price = models.ForeignKey(Price, on_delete=models.CASCADE, related_name="tiers")
    min_quantity = QuantityField()
    amount = AmountField()

    class Meta:
        ordering = ["min_quantity"]
        constraints = [
            models.UniqueConstraint(fields=["price", "min_quantity"], name="tier_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="tier_amount_positive"),
        ]

    def __str__(self) -> str:
        return f"from {self.min_quantity}: {self.amount}"
