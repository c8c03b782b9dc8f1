"""Money behind a service: a budget, and what was granted out of it."""

from django.db import models
from django.db.models import F, Q

from market.common.fields import AmountField
from market.public_services.models.cases import Application
from market.public_services.models.services import ServiceItem


class Scheme(models.Model):
    """The budget of a service, CNY. `granted` is what live grants add up to; no grant takes it above the budget."""

    item = models.OneToOneField(ServiceItem, on_delete=models.PROTECT, related_name="scheme")
    budget = AmountField()
    cap = AmountField(null=True, help_text="the most for one application")
    granted = AmountField(default=0)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(granted__gte=0, granted__lte=F("budget")), name="scheme_within_budget"),
            models.CheckConstraint(condition=Q(cap__isnull=True) | Q(cap__gt=0), name="scheme_cap_positive"),
        ]

    def __str__(self) -> str:
        return f"{self.item}: {self.granted} of {self.budget}"


class Grant(models.Model):
    """Set apart by the last approval; given back when the public's objection is right or the enterprise withdraws."""

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="grant")
    scheme = models.ForeignKey(Scheme, on_delete=models.PROTECT, related_name="grants")
    amount = AmountField()
    granted_at = models.DateTimeField()
    released_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="grant_positive"),
            models.CheckConstraint(condition=Q(released_at=None) | Q(paid_at=None), name="grant_released_or_paid"),
        ]

    def __str__(self) -> str:
        return f"{self.application}: {self.amount}"
