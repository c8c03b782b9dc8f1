"""Payments, their allocation to seller orders, refunds, bank statement rows."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from market.accounts.models import User
from market.common.fields import AmountField
from orders.orders.models import OrderLine, Purchase, SellerOrder

OPEN_STATES = ["created", "action_required", "processing", "authorised"]


class Payment(models.Model):
    """One attempt to pay a purchase. What is paid is the sum of allocations, never the state of one attempt."""

    class State(models.TextChoices):
        CREATED = "created", _("being prepared")
        ACTION_REQUIRED = "action_required", _("waiting for you")
        PROCESSING = "processing", _("being processed")
        AUTHORISED = "authorised", _("authorised")
        CAPTURED = "captured", _("paid")
        FAILED = "failed", _("failed")
        CANCELLED = "cancelled", _("cancelled")
        EXPIRED = "expired", _("expired")

    purchase = models.ForeignKey(Purchase, on_delete=models.PROTECT, related_name="payments")
    gateway = models.CharField(max_length=20)
    provider_ref = models.CharField(max_length=100, blank=True)
    amount = AmountField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=16, choices=State, default=State.CREATED)
    method = models.CharField(max_length=20, blank=True, help_text="chosen among the gateway's own, such as alipay")
    next_action = models.JSONField(default=dict)
    failure = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    to_cancel = models.BooleanField(default=False, help_text="over for us, perhaps still open at the provider")
    ask_at = models.DateTimeField(null=True, help_text="when the reconciler asks the provider next")
    asked = models.PositiveSmallIntegerField(default=0, help_text="how often since something changed")
    parked_at = models.DateTimeField(null=True, help_text="the provider says something else than we asked: an officer")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["gateway", "provider_ref"], condition=~Q(provider_ref=""), name="payment_provider_ref_once"
            ),
            models.UniqueConstraint(
                fields=["purchase"], condition=Q(state__in=OPEN_STATES), name="payment_one_open_attempt"
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="payment_positive"),
        ]
        indexes = [
            models.Index(fields=["ask_at"], name="payment_to_ask", condition=Q(ask_at__isnull=False)),
            models.Index(fields=["parked_at"], name="payment_parked", condition=Q(parked_at__isnull=False)),
        ]

    def __str__(self) -> str:
        return f"{self.gateway} {self.amount} {self.currency} for {self.purchase}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


class Allocation(models.Model):
    """A seller order's share of a payment: written with the attempt for each order it is to pay, filled when the money
    came. Sums over a captured payment equal the payment."""

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="allocations")
    seller_order = models.ForeignKey(SellerOrder, on_delete=models.PROTECT, related_name="allocations")
    captured = AmountField(default=0)
    refunded = AmountField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["payment", "seller_order"], name="allocation_once"),
            models.CheckConstraint(
                condition=Q(captured__gte=0, refunded__gte=0, refunded__lte=F("captured")),
                name="allocation_refund_within_captured",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.captured} of {self.payment} to {self.seller_order}"


class Refund(models.Model):
    """Money on its way back. `key` is made of what caused it, so the same cause never pays twice."""

    class State(models.TextChoices):
        PENDING = "pending", _("pending")
        SUCCEEDED = "succeeded", _("succeeded")
        FAILED = "failed", _("failed")
        RETURNED = "returned", _("came back to us")

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="refunds")
    seller_order = models.ForeignKey(SellerOrder, on_delete=models.PROTECT, null=True, related_name="refunds")
    reversal = models.ForeignKey(
        "Reversal", on_delete=models.PROTECT, null=True, related_name="refunds", help_text="that took it, without us"
    )
    key = models.CharField(max_length=80, unique=True)
    amount = AmountField()
    other_currency = models.CharField(
        max_length=3, blank=True, db_default="", help_text="what came, when it is not what the payment asked for"
    )
    reason = models.CharField(max_length=200)
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    provider_ref = models.CharField(max_length=100, blank=True)
    failure = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    ask_at = models.DateTimeField(null=True, help_text="when the reconciler asks the provider next")
    asked = models.PositiveSmallIntegerField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="refund_positive"),
            models.UniqueConstraint(
                fields=["provider_ref"], condition=~Q(provider_ref=""), name="refund_provider_ref_once"
            ),
        ]
        indexes = [models.Index(fields=["ask_at"], name="refund_to_ask", condition=Q(ask_at__isnull=False))]

    def __str__(self) -> str:
        return f"{self.amount} of {self.payment}"

    @property
    def currency(self) -> str:
        return self.other_currency or self.payment.currency


class Reversal(models.Model):
    """Money the provider took back without us: a refund made at the provider itself, or a dispute of the buyer's bank.

    One row for each object of the provider; `state` only moves forward. Decided: lines, what the market bears (`borne`)
    and a refund we owed anyway (`repaid`) add up to `amount`."""

    class Kind(models.TextChoices):
        REFUND = "refund", _("refund made at the provider")
        DISPUTE = "dispute", _("dispute of the buyer's bank")

    class State(models.TextChoices):
        ANNOUNCED = "announced", _("announced, nothing taken yet")
        TAKEN = "taken", _("taken, may come back")
        FINAL = "final", _("taken for good")
        RETURNED = "returned", _("came back to us")

    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, related_name="reversals")
    kind = models.CharField(max_length=10, choices=Kind)
    provider_ref = models.CharField(max_length=100, unique=True)
    amount = AmountField()
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=10, choices=State)
    reason = models.CharField(max_length=100, blank=True, help_text="the provider's word for it")
    happened_at = models.DateTimeField()
    heard_at = models.DateTimeField()
    borne = AmountField(default=0)
    repaid = models.ForeignKey(Refund, on_delete=models.PROTECT, null=True, related_name="+")
    grounds = models.CharField(db_column="words", max_length=500, blank=True, help_text="why it was decided so")
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0, borne__gte=0), name="reversal_positive")]
        indexes = [models.Index(fields=["state"], name="reversal_open", condition=Q(decided_at__isnull=True))]

    def __str__(self) -> str:
        return f"{self.kind} {self.provider_ref}"

    @property
    def waits(self) -> bool:
        return self.decided_at is None and self.state in TAKEN_STATES


TAKEN_STATES = (Reversal.State.TAKEN, Reversal.State.FINAL)


class ReversalLine(models.Model):
    """So much of a reversal was for this line."""

    reversal = models.ForeignKey(Reversal, on_delete=models.PROTECT, related_name="lines")
    order_line = models.ForeignKey(OrderLine, on_delete=models.PROTECT, related_name="reversals")
    amount = AmountField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["reversal", "order_line"], name="reversal_line_once"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="reversal_line_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.amount} of {self.reversal} for {self.order_line}"


class ParkedDecision(models.Model):
    """What a finance officer did about a parked payment, once. Who paid is known, since the provider names our own
    attempt; only how much came is in question, and the money goes where it was meant to or back where it came from."""

    class Kind(models.TextChoices):
        GIVE = "give", _("give the purchase what it asks for, send back the rest")
        SEND_BACK = "send_back", _("send everything back")

    payment = models.OneToOneField(Payment, on_delete=models.PROTECT, related_name="parked_decision")
    kind = models.CharField(max_length=10, choices=Kind)
    reason = models.CharField(max_length=500)
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.kind} for {self.payment}"


class BankStatementRow(models.Model):
    """A credit on our bank account, as the bank's statement or an officer reports it."""

    class State(models.TextChoices):
        MATCHED = "matched", _("matched")
        UNDERPAID = "underpaid", _("too little")
        OVERPAID = "overpaid", _("too much")
        UNMATCHED = "unmatched", _("no such reference")
        LATE = "late", _("after the order expired")
        SENT_BACK = "sent_back", _("sent back")
        CAME_BACK = "came_back", _("a payout that came back")

    bank_row_id = models.CharField(max_length=80, unique=True)
    reference = models.CharField(max_length=60, blank=True)
    payer = models.CharField(max_length=120, blank=True)
    amount = AmountField()
    currency = models.CharField(max_length=3)
    booked_on = models.DateField()
    state = models.CharField(max_length=10, choices=State)
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, related_name="bank_rows")
    entered_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gt=0), name="bank_row_positive")]

    def __str__(self) -> str:
        return f"{self.bank_row_id}: {self.amount} {self.reference}"


class TransferDecision(models.Model):
    """What two officers do about money that fits no payment by itself: one proposes, another one confirms.

    A match gives `amount` of the row to a payment, never less than the payment asks for; a return sends it back.
    """

    class Kind(models.TextChoices):
        MATCH = "match", _("give it to a purchase")
        SEND_BACK = "send_back", _("send it back")

    class State(models.TextChoices):
        PROPOSED = "proposed", _("waits for a second officer")
        CONFIRMED = "confirmed", _("confirmed")
        WITHDRAWN = "withdrawn", _("withdrawn")

    row = models.ForeignKey(BankStatementRow, on_delete=models.PROTECT, related_name="decisions")
    kind = models.CharField(max_length=10, choices=Kind)
    state = models.CharField(max_length=10, choices=State, default=State.PROPOSED)
    amount = AmountField()
    payment = models.ForeignKey(Payment, on_delete=models.PROTECT, null=True, related_name="+")
    reason = models.CharField(max_length=500)
    proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    proposed_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    out_row_id = models.CharField(max_length=80, blank=True, help_text="the bank's number of the money that left")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["row"], condition=Q(state="proposed"), name="transfer_decision_one_open_per_row"
            ),
            models.UniqueConstraint(
                fields=["row", "kind"], condition=Q(state="confirmed"), name="transfer_decision_kind_once_per_row"
            ),
            models.UniqueConstraint(
                fields=["out_row_id"], condition=~Q(out_row_id=""), name="transfer_decision_out_row_once"
            ),
            models.CheckConstraint(
                condition=~Q(state="confirmed") | (Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by"))),
                name="transfer_decision_by_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(kind="match", payment__isnull=False) | Q(kind="send_back", payment__isnull=True),
                name="transfer_decision_payment_fits_kind",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="transfer_decision_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.amount} of {self.row}"
