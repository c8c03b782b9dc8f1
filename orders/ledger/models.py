"""Double entry: transactions of postings that sum to zero and are never changed. Kinds: marketplace.md, 3.4."""

from django.db import models
from django.db.models import Q

from catalog.products.models import Category
from market.common.fields import AmountField, RateField
from market.common.tenancy import TenantQuerySet
from market.enterprises.models import Enterprise
from orders.orders.models import OrderLine


class LedgerAccount(models.Model):
    class Kind(models.TextChoices):
        CLEARING = "clearing"
        SELLER_HELD = "seller_held"
        SELLER_AVAILABLE = "seller_available"
        COMMISSION_INCOME = "commission_income"
        COMMISSION_TAX = "commission_tax"
        REFUND_DUE = "refund_due"
        UNALLOCATED = "unallocated"

    kind = models.CharField(max_length=20, choices=Kind)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, null=True, related_name="ledger_accounts")
    currency = models.CharField(max_length=3)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "enterprise", "currency"], name="ledger_account_of_seller_once"),
            models.UniqueConstraint(
                fields=["kind", "currency"], condition=Q(enterprise__isnull=True), name="ledger_account_of_house_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.enterprise_id or ''} {self.currency}"


class LedgerTransaction(models.Model):
    """`key` makes booking the same fact twice impossible: `sale:P…-1`, `refund:42`."""

    key = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=20)
    source_kind = models.CharField(max_length=20)
    source_number = models.CharField(max_length=60)
    at = models.DateTimeField()
    reversal_of = models.OneToOneField("self", on_delete=models.PROTECT, null=True, related_name="reversal")

    class Meta:
        indexes = [models.Index(fields=["source_kind", "source_number"], name="ledger_source")]

    def __str__(self) -> str:
        return self.key


class PostingQuerySet(TenantQuerySet["Posting"]):
    enterprise_lookup = "account__enterprise_id"
    unit_path_lookup = "account__enterprise__unit__path"


class Posting(models.Model):
    """Debit positive, credit negative."""

    transaction = models.ForeignKey(LedgerTransaction, on_delete=models.PROTECT, related_name="postings")
    account = models.ForeignKey(LedgerAccount, on_delete=models.PROTECT, related_name="postings")
    amount = AmountField()

    objects = PostingQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(amount=0), name="posting_not_zero")]

    def __str__(self) -> str:
        return f"{self.account}: {self.amount}"


class CommissionRule(models.Model):
    """The first matching rule by `position` gives the rate; empty keys match everything."""

    position = models.PositiveSmallIntegerField(default=100)
    enterprise = models.ForeignKey(Enterprise, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    category = models.ForeignKey(Category, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    rate = RateField()
    tax_rate = RateField(default=0, help_text="on the commission")

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(rate__gte=0, rate__lte=1, tax_rate__gte=0), name="commission_rate_share")
        ]

    def __str__(self) -> str:
        return f"{self.rate} at {self.position}"


class CommissionLine(models.Model):
    """What the platform takes of an order line, frozen when the order is placed; changed only by a reversal row."""

    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="commission_lines")
    rate = RateField()
    base = AmountField()
    amount = AmountField()
    tax = AmountField(default=0)
    reversal_of = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="reversals")
    source = models.CharField(max_length=60, blank=True, help_text="what caused the reversal")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["order_line"], condition=Q(reversal_of__isnull=True), name="commission_frozen_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.amount} on {self.order_line}"
