from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.common.forms import NumberField, PlainTextField
from market.common.money import exponent
from market.common.quantity import plain
from market.portal.forms.base import PortalForm
from orders.claims.models import Claim
from orders.claims.words import amount_hint, amount_label


class ClaimAnswerForm(PortalForm):
    """An amount for each line of the claim, by its key, and words."""

    text = PlainTextField(
        label=_("Your words to the buyer"),
        help_text=_("Needed when you give back less than is wanted: say why. At most 2,000 characters."),
        widget=forms.Textarea(attrs={"rows": 4}),
        required=False,
    )

    def __init__(self, claim: Claim, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"initial": {"text": claim.answer}, **kwargs})
        self.lines = list(claim.lines.all())
        for line in self.lines:
            self.fields[str(line.pk)] = NumberField(
                label=amount_label(line, claim.currency),
                help_text=amount_hint(line.offered or Decimal(0), line.wanted, claim.currency),
                places=exponent(claim.currency),
                initial="" if line.offered is None else plain(line.offered),
                error_messages={"required": _("Please enter an amount; 0 if nothing goes back.")},
            )
        self.order_fields([str(line.pk) for line in self.lines])

    @property
    def amounts(self) -> Mapping[int, Decimal]:
        return {line.pk: self.cleaned_data[str(line.pk)] for line in self.lines}
