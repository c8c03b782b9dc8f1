"""Papers as they were issued. What one says is frozen; another one takes its place."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.lots.models import HarvestLot
from market.accounts.models import User
from market.common.tenancy import TenantQuerySet
from market.enterprises.models import Enterprise
from orders.orders.models import SellerOrder
from orders.quotes.models import EnquiryPart


class Kind(models.TextChoices):
    """The value is the first part of a paper's number."""

    DELIVERY_NOTE = "DN", _("packing list and delivery note")
    STATEMENT = "ST", _("statement of the order")
    PROFORMA = "PI", _("proforma invoice")
    COMMITMENT = "CC", _("commitment certificate")
    APPLICATION = "AD", _("application data, not a certificate")


class DocumentSeries(models.Model):
    """The last number drawn in a year. Its row is locked while a paper is issued, so that no number is lost or drawn
    twice, and no two versions of a paper are made at once."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=2, choices=Kind)
    year = models.PositiveSmallIntegerField(help_text="of the market's zone")
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["enterprise", "kind", "year"], name="document_series_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.year}: {self.last}"


class DocumentQuerySet(TenantQuerySet["Document"]):
    pass


class Document(models.Model):
    """A paper of an enterprise about a shipment, an order, a part of an enquiry or a lot, which `subject` names. Never
    changed and never deleted (a trigger holds it): a newer version says why it supersedes the one before."""

    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField(max_length=2, choices=Kind)
    year = models.PositiveSmallIntegerField()
    sequence = models.PositiveIntegerField()
    number = models.CharField(max_length=40, unique=True)
    subject = models.CharField(max_length=44)
    version = models.PositiveSmallIntegerField(default=1)
    seller_order = models.ForeignKey(SellerOrder, on_delete=models.PROTECT, null=True, related_name="documents")
    enquiry_part = models.ForeignKey(EnquiryPart, on_delete=models.PROTECT, null=True, related_name="documents")
    lot = models.ForeignKey(HarvestLot, on_delete=models.PROTECT, null=True, related_name="documents")
    language = models.CharField(max_length=10, help_text="of the buyer; Chinese stands beside it")
    content = models.JSONField(help_text="all it says, numbers as text")
    sha256 = models.CharField(max_length=64, help_text="of the content in canonical JSON")
    supersedes = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="successor")
    reason = models.CharField(max_length=200, blank=True)
    issued_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", help_text="null: a guest"
    )
    issued_at = models.DateTimeField()

    objects = DocumentQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "kind", "year", "sequence"], name="document_sequence_once"),
            models.UniqueConstraint(fields=["kind", "subject", "version"], name="document_version_once"),
            models.CheckConstraint(
                condition=Q(version=1, supersedes__isnull=True, reason="")
                | (Q(version__gt=1, supersedes__isnull=False) & ~Q(reason="")),
                name="document_supersedes_with_reason",
            ),
            models.CheckConstraint(
                condition=Q(seller_order__isnull=False, enquiry_part__isnull=True, lot__isnull=True)
                | Q(seller_order__isnull=True, enquiry_part__isnull=False, lot__isnull=True)
                | Q(seller_order__isnull=True, enquiry_part__isnull=True, lot__isnull=False),
                name="document_of_one_matter",
            ),
        ]
        indexes = [models.Index(fields=["enterprise", "-issued_at"], name="document_of_enterprise")]

    def __str__(self) -> str:
        return self.number


class Rendering(models.Model):
    """The file of a paper, made by the worker once where the renderer makes files. It may be made anew from the
    content at any time; what counts is the content."""

    class State(models.TextChoices):
        WAITING = "waiting", _("is being prepared")
        DONE = "done", _("ready")
        FAILED = "failed", _("could not be made")

    document = models.OneToOneField(Document, on_delete=models.PROTECT, related_name="rendering")
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    file = models.CharField(max_length=200, blank=True, help_text="its name in the store")
    content_type = models.CharField(max_length=60, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    error = models.CharField(max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], name="rendering_due", condition=Q(state="waiting"))]

    def __str__(self) -> str:
        return f"{self.document_id}: {self.state}"
