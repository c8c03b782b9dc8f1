"""Export enquiries: not binding, no money taken (trade.md, 3.5). One enquiry, one part per enterprise, lines in it."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.products.models import Variant
from market.accounts.models import User
from market.channels.models import Channel
from market.common.fields import AmountField, QuantityField
from market.common.languages import active_language, column
from market.common.quantity import UNIT_CHOICES
from market.common.tenancy import TenantQuerySet
from market.compliance.models import ComplianceDecision
from market.enterprises.models import Enterprise


class Enquiry(models.Model):
    """What a buyer abroad asked for in one export cart. Its state is derived from its parts, never stored."""

    number = models.CharField(max_length=20, unique=True)
    channel = models.ForeignKey(Channel, on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(max_length=3)
    buyer = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="enquiries")
    cart_id = models.UUIDField(unique=True)
    access_digest = models.CharField(max_length=64, help_text="of the secret that lets a guest see the enquiry")
    language = models.CharField(max_length=10)
    company = models.CharField(max_length=120)
    contact = models.CharField(max_length=80)
    email = models.EmailField()
    country = models.CharField(max_length=2, help_text="destination, ISO 3166-1")
    onward_country = models.CharField(max_length=2, help_text="end destination; the same when goods stay")
    expected_entry = models.DateField(help_text="planned arrival at the destination")
    incoterm = models.CharField(max_length=3)
    incoterm_edition = models.CharField(max_length=4, default="2020")
    named_place = models.CharField(max_length=80)
    message = models.TextField(blank=True)
    created_at = models.DateTimeField()

    class Meta:
        verbose_name_plural = "enquiries"
        indexes = [models.Index(fields=["buyer", "-created_at"], name="enquiry_of_buyer")]

    def __str__(self) -> str:
        return self.number


class EnquiryPartQuerySet(TenantQuerySet["EnquiryPart"]):
    pass


class EnquiryPart(models.Model):
    """One enterprise's part: what it sees, answers and closes."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        ANSWERED = "answered", _("answered")
        CLOSED = "closed", _("closed")

    enquiry = models.ForeignKey(Enquiry, on_delete=models.PROTECT, related_name="parts")
    number = models.CharField(max_length=24, unique=True)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="enquiry_parts")
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    state_changed_at = models.DateTimeField()

    objects = EnquiryPartQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enquiry", "enterprise"], name="enquiry_part_once")]
        indexes = [models.Index(fields=["enterprise", "state", "-id"], name="enquiry_part_of_enterprise")]

    def __str__(self) -> str:
        return self.number


class EnquiryLineQuerySet(TenantQuerySet["EnquiryLine"]):
    enterprise_lookup = "part__enterprise_id"
    unit_path_lookup = "part__enterprise__unit__path"


class EnquiryLine(models.Model):
    """One packing asked for, with copies of name, origin and the price of that day, and the decision it rests on."""

    part = models.ForeignKey(EnquiryPart, on_delete=models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    variant = models.ForeignKey(Variant, on_delete=models.PROTECT, related_name="+")
    product_name_zh = models.CharField(max_length=200)
    product_name_en = models.CharField(max_length=200, blank=True)
    product_name_ru = models.CharField(max_length=200, blank=True)
    sku = models.CharField(max_length=40)
    unit = models.CharField(max_length=3, choices=UNIT_CHOICES)
    net_kg = QuantityField(help_text="of one unit")
    quantity = QuantityField()
    unit_price = AmountField(help_text="of one unit, as listed that day; not binding")
    hs_code = models.CharField(max_length=10, blank=True)
    origin_country = models.CharField(max_length=2)
    origin_subdivision = models.CharField(max_length=6)
    decision = models.ForeignKey(ComplianceDecision, on_delete=models.PROTECT, related_name="+")

    objects = EnquiryLineQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["part", "position"], name="enquiry_line_position_once"),
            models.CheckConstraint(condition=Q(quantity__gt=0), name="enquiry_line_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.sku} × {self.quantity}"

    @property
    def product_name(self) -> str:
        return str(getattr(self, column("product_name", active_language())) or self.product_name_zh)


class EnquiryEvent(models.Model):
    """One move of a part: from, to, by whom (empty: a guest), what they wrote, when."""

    part = models.ForeignKey(EnquiryPart, on_delete=models.PROTECT, related_name="events")
    from_state = models.CharField(max_length=10, blank=True)
    to_state = models.CharField(max_length=10, choices=EnquiryPart.State)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    by_seller = models.BooleanField(default=False)
    message = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.part}: {self.from_state} → {self.to_state}"
