"""A lot taken back: why, how grave, who had it and what they say is left."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.lots.models import HarvestLot
from market.accounts.models import User
from market.common.fields import QuantityField
from market.common.tenancy import TenantQuerySet
from market.enterprises.models import Enterprise
from orders.orders.models import SellerOrder


class RecallQuerySet(TenantQuerySet["Recall"]):
    pass


class Recall(models.Model):
    """Of one lot, once. Reason and advice stand as they were written; buyers read them. `source` is the recall of the
    lot that this one was made from, by which it is recalled."""

    class Severity(models.TextChoices):
        """The three classes of China's rules for recalls of food, by what the goods can do to whoever eats them."""

        FIRST = "1", _("class 1: it can do serious harm")
        SECOND = "2", _("class 2: it can do some harm")
        THIRD = "3", _("class 3: wrong label or quality, little or no harm")

    lot = models.OneToOneField(HarvestLot, on_delete=models.PROTECT, related_name="recall")
    source = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="further")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="recalls")
    number = models.CharField(max_length=20, unique=True)
    severity = models.CharField(max_length=1, choices=Severity)
    reason = models.CharField(max_length=500)
    advice = models.CharField(max_length=500, blank=True)
    opened_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    opened_at = models.DateTimeField()
    outcome = models.CharField(max_length=500, blank=True)
    closed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)

    objects = RecallQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | (~Q(outcome="") & Q(closed_by__isnull=False)),
                name="recall_closed_with_outcome",
            )
        ]
        indexes = [models.Index(fields=["enterprise", "-opened_at"], name="recall_of_enterprise")]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        return self.closed_at is None


class RecallNotice(models.Model):
    """An order that had some of the lot: how much, when its buyer was told, and what they answered. Weights in kg, for
    one lot may have gone out in several packings."""

    class Done(models.TextChoices):
        """What the buyer did with what was left."""

        KEPT = "kept", _("kept apart, waiting for advice")
        DESTROYED = "destroyed", _("destroyed")
        RETURNED = "returned", _("sent back")
        NOTHING = "nothing", _("nothing was left")

    recall = models.ForeignKey(Recall, on_delete=models.PROTECT, related_name="notices")
    seller_order = models.ForeignKey(SellerOrder, on_delete=models.PROTECT, related_name="recall_notices")
    weight = QuantityField(help_text="kg that were shipped")
    told_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    left = QuantityField(null=True, help_text="kg that were still there")
    done = models.CharField(max_length=10, choices=Done, blank=True)
    words = models.CharField(max_length=300, blank=True)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["recall", "seller_order"], name="recall_notice_once"),
            models.CheckConstraint(condition=Q(weight__gt=0), name="recall_notice_weight_positive"),
            models.CheckConstraint(
                condition=Q(left__isnull=True) | Q(left__gte=0, left__lte=F("weight")),
                name="recall_notice_left_within_weight",
            ),
        ]
        indexes = [models.Index(fields=["seller_order"], name="recall_notice_of_order")]

    def __str__(self) -> str:
        return f"{self.recall_id} {self.seller_order_id}"

    @property
    def used(self) -> Decimal | None:
        """Kg that were eaten or sold on before the buyer heard."""
        return None if self.left is None else Decimal(self.weight - self.left)
