"""What was bought: a purchase, one seller order per enterprise, their lines and the events of their lives."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.products.models import Variant
from market.accounts.models import User
from market.channels.models import Channel
from market.common.fields import AmountField, QuantityField, RateField
from market.common.languages import active_language, column
from market.common.quantity import UNIT_CHOICES
from market.common.tenancy import TenantQuerySet
from market.compliance.models import ComplianceDecision
from market.enterprises.models import Enterprise


class Purchase(models.Model):
    """What a buyer made in one checkout. Its status is derived from its seller orders, never stored."""

    number = models.CharField(max_length=20, unique=True)
    buyer = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="purchases")
    buyer_name = models.CharField(max_length=80)
    buyer_email = models.EmailField(blank=True)
    buyer_reference = models.CharField(_("your order number"), max_length=40, blank=True)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="purchases")
    currency = models.CharField(max_length=3)
    language = models.CharField(max_length=10)
    cart_id = models.UUIDField(unique=True)
    idempotency_key = models.CharField(max_length=100)
    access_digest = models.CharField(max_length=64, help_text="of the secret that lets a guest see the purchase")
    recipient = models.CharField(max_length=80)
    phone = models.CharField(max_length=20)
    country = models.CharField(max_length=2, default="CN")
    province = models.CharField(max_length=40)
    city = models.CharField(max_length=40)
    district = models.CharField(max_length=40, blank=True)
    street = models.CharField(max_length=200)
    postcode = models.CharField(max_length=12, blank=True)
    goods_total = AmountField()
    freight_total = AmountField(default=0)
    tax_total = AmountField(default=0)
    total = AmountField()
    placed_at = models.DateTimeField()
    pay_by = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(total=F("goods_total") + F("freight_total") + F("tax_total")), name="purchase_adds_up"
            )
        ]
        indexes = [models.Index(fields=["buyer", "-placed_at"], name="purchase_of_buyer")]

    def __str__(self) -> str:
        return self.number


class SellerOrderQuerySet(TenantQuerySet["SellerOrder"]):
    pass


class SellerOrder(models.Model):
    """One enterprise's part of a purchase: what it packs, ships and is paid for."""

    class State(models.TextChoices):
        AWAITING_PAYMENT = "awaiting_payment", _("awaiting payment")
        AWAITING_SELLER = "awaiting_seller", _("waiting for the seller")
        IN_PROGRESS = "in_progress", _("on its way")
        COMPLETED = "completed", _("completed")
        EXPIRED = "expired", _("expired unpaid")
        CANCELLED = "cancelled", _("cancelled")
        DECLINED = "declined", _("declined by the seller")

    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="seller_orders")
    number = models.CharField(max_length=24, unique=True)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="seller_orders")
    state = models.CharField(max_length=20, choices=State, default=State.AWAITING_PAYMENT)
    state_changed_at = models.DateTimeField()
    goods_total = AmountField()
    freight = AmountField(default=0)
    tax_total = AmountField(default=0)
    total = AmountField()
    placed_at = models.DateTimeField()

    objects = SellerOrderQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["purchase", "enterprise"], name="seller_order_once"),
            models.CheckConstraint(
                condition=Q(total=F("goods_total") + F("freight") + F("tax_total")), name="seller_order_adds_up"
            ),
        ]
        indexes = [models.Index(fields=["enterprise", "state", "-placed_at"], name="seller_order_of_enterprise")]

    def __str__(self) -> str:
        return self.number


class OrderLine(models.Model):
    """One packing in a seller order, with its own copy of name, price, tax and origin."""

    seller_order = models.ForeignKey(SellerOrder, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="order_lines")
    product_name_zh = models.CharField(max_length=200)
    product_name_en = models.CharField(max_length=200, blank=True)
    product_name_ru = models.CharField(max_length=200, blank=True)
    sku = models.CharField(max_length=40)
    unit = models.CharField(max_length=3, choices=UNIT_CHOICES)
    quantity = QuantityField()
    net_kg = QuantityField(help_text="of one unit")
    unit_price = AmountField(help_text="of one unit")
    price_basis = models.CharField(max_length=8)
    tax_rate = RateField(default=0, help_text="contained in the price")
    tax = AmountField(default=0, help_text="contained in the total")
    total = AmountField()
    hs_code = models.CharField(max_length=10, blank=True)
    origin_country = models.CharField(max_length=2)
    origin_subdivision = models.CharField(max_length=6)
    origin_place_zh = models.CharField(max_length=200)
    decision = models.ForeignKey(
        ComplianceDecision,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        help_text="the trade decision the line was ordered under; empty only for lines older than it",
    )

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["seller_order", "position"], name="order_line_position_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0, unit_price__gte=0), name="order_line_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.sku} × {self.quantity}"

    @property
    def product_name(self) -> str:
        return str(getattr(self, column("product_name", active_language())) or self.product_name_zh)


class OrderEvent(models.Model):
    """One move of a seller order: from, to, by whom, why, when."""

    seller_order = models.ForeignKey(SellerOrder, on_delete=models.PROTECT, related_name="events")
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=200)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.seller_order}: {self.from_state} → {self.to_state}"
