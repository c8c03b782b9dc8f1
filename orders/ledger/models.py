"""Double entry: transactions of postings that sum to zero and are never changed. Kinds: marketplace.md, 3.4."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.products.models import Category
from market.accounts.models import User
from market.common.fields import AmountField, RateField
from market.common.tenancy import TenantQuerySet
from market.enterprises.models import Enterprise, PayoutAccount
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
        PAYOUT_TRANSIT = "payout_transit"
        SUSPENSE = "suspense"
        MARKET_LOSS = "market_loss"

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


class PayRun(models.Model):
    """One closing: everything available is settled for each seller who can be paid, and leaves in one bank file.

    The file is frozen by `filed_at`; `sent_at` is when somebody handed it to the bank."""

    number = models.CharField(max_length=20, unique=True)
    currency = models.CharField(max_length=3)
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    filed_at = models.DateTimeField(null=True)
    sent_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    sent_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.number


class SettlementQuerySet(TenantQuerySet["Settlement"]):
    pass


class Settlement(models.Model):
    """What one payout is for: postings of the seller's available money, each in at most one live settlement.

    `amount` is their sum, from `period_from`, the day of the first, to `period_to`, the day it was closed."""

    class State(models.TextChoices):
        TAKEN_BACK = "taken_back", _("taken back before it was sent")
        CLOSED = "closed", _("ordered")
        SENDING = "sending", _("at the bank")
        SENT = "sent", _("paid out")
        RETURNED = "returned", _("returned by the bank")

    run = models.ForeignKey(PayRun, on_delete=models.PROTECT, related_name="settlements")
    enterprise = models.ForeignKey(Enterprise, on_delete=models.PROTECT, related_name="settlements")
    currency = models.CharField(max_length=3)
    period_from = models.DateField()
    period_to = models.DateField()
    state = models.CharField(max_length=10, choices=State, default=State.CLOSED)
    amount = AmountField(default=0)

    objects = SettlementQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="settlement_not_below_zero"),
            models.UniqueConstraint(fields=["run", "enterprise"], name="settlement_once_in_a_run"),
        ]

    def __str__(self) -> str:
        return f"{self.run}: {self.enterprise}"


class SettlementItem(models.Model):
    """The stamp. A payout that did not arrive gives its postings free and keeps its items, no longer live."""

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="items")
    posting = models.ForeignKey(Posting, on_delete=models.PROTECT, related_name="settlement_items")
    is_live = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["posting"], condition=Q(is_live=True), name="posting_settled_once")
        ]

    def __str__(self) -> str:
        return f"{self.settlement}: {self.posting}"


class PayoutQuerySet(TenantQuerySet["Payout"]):
    enterprise_lookup = "settlement__enterprise_id"
    unit_path_lookup = "settlement__enterprise__unit__path"


class Payout(models.Model):
    """A line of the bank file, and what became of it. `bank_row_id` is the bank's own number of the money that left,
    `return_row_id` of the money that came back."""

    settlement = models.OneToOneField(Settlement, on_delete=models.PROTECT, related_name="payout")
    account = models.ForeignKey(PayoutAccount, on_delete=models.PROTECT, related_name="+")
    number = models.CharField(max_length=20, unique=True)
    amount = AmountField()
    bank_row_id = models.CharField(max_length=80, blank=True)
    return_row_id = models.CharField(max_length=80, blank=True)
    return_reason = models.TextField(blank=True)
    confirmed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True, help_text="returned, or taken back before it was sent")

    objects = PayoutQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="payout_above_zero"),
            models.UniqueConstraint(fields=["bank_row_id"], condition=~Q(bank_row_id=""), name="payout_movement_once"),
            models.UniqueConstraint(
                fields=["return_row_id"], condition=~Q(return_row_id=""), name="payout_return_movement_once"
            ),
        ]

    def __str__(self) -> str:
        return self.number
