"""What becomes of goods that arrived, or did not: acceptance, and claims by lot until both sides agree or an officer
decides."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.lots.models import HarvestLot
from market.accounts.models import User
from market.common.fields import AmountField, QuantityField
from market.common.tenancy import TenantQuerySet
from orders.orders.models import OrderLine, SellerOrder


class Acceptance(models.Model):
    """The buyer took the goods, or the clock did it for them (`by` empty)."""

    seller_order = models.OneToOneField(SellerOrder, on_delete=models.PROTECT, related_name="acceptance")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    is_automatic = models.BooleanField(default=False)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.seller_order} accepted"


class ClaimQuerySet(TenantQuerySet["Claim"]):
    enterprise_lookup = "seller_order__enterprise_id"
    unit_path_lookup = "seller_order__enterprise__unit__path"


class Claim(models.Model):
    """What a buyer says is wrong with a seller order. While one is open the order is not accepted, by nobody and by no
    clock; one at a time."""

    class State(models.TextChoices):
        OPEN = "open", _("waits for the seller")
        ANSWERED = "answered", _("waits for the buyer")
        ESCALATED = "escalated", _("waits for an officer")
        SETTLED = "settled", _("settled")
        WITHDRAWN = "withdrawn", _("withdrawn by the buyer")

    seller_order = models.ForeignKey(SellerOrder, on_delete=models.PROTECT, related_name="claims")
    number = models.CharField(max_length=32, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    key = models.CharField(max_length=100, blank=True, help_text="of the call that filed it, which may be repeated")
    text = models.TextField(help_text="what happened, in the buyer's words")
    filed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    filed_at = models.DateTimeField()
    answer = models.TextField(blank=True, help_text="the seller's words")
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)
    decision = models.TextField(blank=True, help_text="the officer's reason")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    photos = models.JSONField(default=list, help_text="keys of the buyer's photos, in their order: `photos.py`")
    ended_at = models.DateTimeField(null=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seller_order"],
                condition=Q(state__in=["open", "answered", "escalated"]),
                name="claim_one_open_per_order",
            ),
            models.UniqueConstraint(fields=["seller_order", "key"], condition=~Q(key=""), name="claim_key_once"),
        ]
        indexes = [models.Index(fields=["state", "-id"], name="claim_by_state")]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def currency(self) -> str:
        return self.seller_order.purchase.currency

    @property
    def wanted(self) -> Decimal:
        return sum((line.wanted for line in self.lines.all()), Decimal(0))

    @property
    def offered(self) -> Decimal:
        return sum((line.offered or Decimal(0) for line in self.lines.all()), Decimal(0))

    @property
    def agreed(self) -> Decimal:
        return sum((line.agreed or Decimal(0) for line in self.lines.all()), Decimal(0))


OPEN_STATES = (Claim.State.OPEN, Claim.State.ANSWERED, Claim.State.ESCALATED)


class ClaimLine(models.Model):
    """So much of an order line, from this lot. `wanted` of the price by the buyer, `offered` by the seller, `agreed` in
    the end."""

    class Reason(models.TextChoices):
        SPOILED = "spoiled", _("spoiled: mould, rot or pests")
        DAMAGED = "damaged", _("damaged on the way")
        SHORT = "short", _("less than ordered")
        WRONG = "wrong", _("not what was ordered")
        QUALITY = "quality", _("poorer than described")
        NOT_ARRIVED = "not_arrived", _("did not arrive")

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="lines")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="claim_lines")
    lot = models.ForeignKey(HarvestLot, on_delete=models.PROTECT, related_name="claim_lines")
    quantity = QuantityField()
    reason = models.CharField(max_length=12, choices=Reason)
    wanted = AmountField()
    offered = AmountField(null=True)
    agreed = AmountField(null=True)

    class Meta:
        ordering = ["order_line__position", "id"]
        constraints = [
            models.UniqueConstraint(fields=["claim", "order_line", "lot"], name="claim_line_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0, wanted__gt=0), name="claim_line_positive"),
            models.CheckConstraint(
                condition=Q(offered__isnull=True) | Q(offered__gte=0, offered__lte=F("wanted")),
                name="claim_offer_within_wanted",
            ),
            models.CheckConstraint(
                condition=Q(agreed__isnull=True) | Q(agreed__gte=0, agreed__lte=F("wanted")),
                name="claim_agreed_within_wanted",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.quantity} of {self.lot}"
