"""Tax invoices 发票: what a buyer asks a seller for, and what the seller issued. The market issues none."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from market.accounts.models import User
from market.common.fields import AmountField
from market.common.tenancy import TenantQuerySet
from market.enterprises.models import Enterprise
from orders.orders.models import SellerOrder


class InvoiceDetails(models.Model):
    """To whom an invoice is made out. Address, telephone, bank and account are printed on a special one."""

    class Kind(models.TextChoices):
        ORDINARY = "ordinary", _("ordinary VAT invoice")
        SPECIAL = "special", _("special VAT invoice, for firms that deduct the tax")

    class Holder(models.TextChoices):
        PERSON = "person", _("a person")
        FIRM = "firm", _("a firm or another body")

    kind = models.CharField(max_length=8, choices=Kind, default=Kind.ORDINARY)
    holder = models.CharField(max_length=6, choices=Holder, default=Holder.PERSON)
    title = models.CharField(max_length=100)
    tax_number = models.CharField(max_length=20, blank=True)
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    bank = models.CharField(max_length=100, blank=True)
    account = models.CharField(max_length=40, blank=True)
    email = models.EmailField(blank=True)

    class Meta:
        abstract = True


class InvoiceProfile(InvoiceDetails):
    """What somebody with an account asked for last: proposed the next time."""

    buyer = models.OneToOneField(User, on_delete=models.CASCADE, related_name="invoice_profile")
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return self.title


class TaxInvoiceRequestQuerySet(TenantQuerySet["TaxInvoiceRequest"]):
    pass


class TaxInvoiceRequest(InvoiceDetails):
    """One seller order's invoice, with its own copy of the details. `due_at`: until when the seller should have done
    what it waits for. `covered`: so much that was given back is in the invoices already."""

    class State(models.TextChoices):
        ASKED = "asked", _("waits to be issued")
        ISSUED = "issued", _("issued")
        RED_NEEDED = "red_needed", _("red-letter invoice needed")
        DECLINED = "declined", _("not issued")
        WITHDRAWN = "withdrawn", _("withdrawn")

    seller_order = models.ForeignKey(SellerOrder, on_delete=models.PROTECT, related_name="invoice_requests")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="invoice_requests")
    number = models.CharField(max_length=30, unique=True)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", help_text="null: a guest")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField(null=True)
    covered = AmountField(default=0)

    objects = TaxInvoiceRequestQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["seller_order"],
                condition=Q(state__in=["asked", "issued", "red_needed"]),
                name="invoice_request_live_once",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["asked", "red_needed"], due_at__isnull=False)
                | (~Q(state__in=["asked", "red_needed"]) & Q(due_at__isnull=True)),
                name="invoice_request_due_while_waiting",
            ),
        ]
        indexes = [models.Index(fields=["enterprise", "due_at"], name="invoice_request_waiting")]

    def __str__(self) -> str:
        return self.number

    @property
    def waits(self) -> bool:
        """For the seller."""
        return self.due_at is not None


class TaxInvoiceEvent(models.Model):
    """One move of a request: from, to, by whom (empty: a guest, or the system), why, when."""

    request = models.ForeignKey(TaxInvoiceRequest, on_delete=models.PROTECT, related_name="events")
    from_state = models.CharField(max_length=10, blank=True)
    to_state = models.CharField(max_length=10, choices=TaxInvoiceRequest.State)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=300, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return f"{self.request}: {self.from_state} → {self.to_state}"


class TaxInvoice(models.Model):
    """An invoice the seller issued and handed in, never changed. A red-letter one takes back `amount` of those
    before."""

    request = models.ForeignKey(TaxInvoiceRequest, on_delete=models.PROTECT, related_name="invoices")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="+")
    is_red = models.BooleanField(default=False)
    number = models.CharField(max_length=20)
    issued_on = models.DateField()
    amount = AmountField()
    file = models.CharField(max_length=200, help_text="its name in the store")
    content_type = models.CharField(max_length=60)
    sha256 = models.CharField(max_length=64)
    uploaded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    uploaded_at = models.DateTimeField()

    class Meta:
        ordering = ["uploaded_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["enterprise", "number"], name="tax_invoice_number_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="tax_invoice_positive"),
        ]

    def __str__(self) -> str:
        return self.number
