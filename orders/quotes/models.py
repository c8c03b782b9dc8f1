"""Export enquiries: not binding, no money taken (trade.md, 3.5)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.products.models import Variant
from market.accounts.models import User
from market.channels.models import Channel
from market.common.fields import QuantityField
from market.common.tenancy import TenantQuerySet
from market.compliance.models import ComplianceDecision
from market.enterprises.models import Enterprise


class Enquiry(models.Model):
    class State(models.TextChoices):
        OPEN = "open", _("open")
        ANSWERED = "answered", _("answered")
        CLOSED = "closed", _("closed")

    number = models.CharField(max_length=20, unique=True)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    buyer = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="enquiries")
    cart_id = models.UUIDField(unique=True)
    company = models.CharField(max_length=120)
    contact = models.CharField(max_length=80)
    email = models.EmailField()
    country = models.CharField(max_length=2)
    onward_country = models.CharField(max_length=2, help_text="end destination; the same when goods stay")
    incoterm = models.CharField(max_length=3)
    named_place = models.CharField(max_length=80)
    message = models.TextField(blank=True)
    decision = models.ForeignKey(ComplianceDecision, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "enquiries"

    def __str__(self) -> str:
        return self.number


class EnquiryLineQuerySet(TenantQuerySet["EnquiryLine"]):
    pass


class EnquiryLine(models.Model):
    enquiry = models.ForeignKey(Enquiry, on_delete=models.CASCADE, related_name="lines")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="enquiry_lines")
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    quantity = QuantityField()

    objects = EnquiryLineQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(quantity__gt=0), name="enquiry_line_positive")]

    def __str__(self) -> str:
        return f"{self.variant} × {self.quantity}"
