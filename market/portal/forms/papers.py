"""What sellers fill in for papers."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.common.forms import DayField, NumberField
from market.common.money import exponent
from market.common.quantity import plain
from market.portal.forms.base import PortalForm
from orders.documents.actions.issue_document import LONGEST_REASON
from orders.documents.contents.proforma import LONGEST_TERMS, Quote
from orders.quotes.models import EnquiryLine


class ProformaForm(PortalForm):
    """A price for each line, by its key, and what holds for all. Origin, codes and quantities are no fields."""

    valid_until = DayField(label=_("Valid until"), help_text=_("the last day, such as 2026-12-31"))
    terms = forms.CharField(
        label=_("Payment terms"),
        max_length=LONGEST_TERMS,
        help_text=_("in the buyer's language, such as: 30 % in advance, 70 % against copies of the papers"),
    )
    reason = forms.CharField(
        label=_("Why it takes the place of the one before (only if there is one)"),
        max_length=LONGEST_REASON,
        required=False,
    )
    field_order = ("valid_until", "terms", "freight", "insurance", "reason")

    def __init__(self, lines: Sequence[EnquiryLine], currency: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        places = exponent(currency)
        for name, label in (("freight", _("Freight, in all")), ("insurance", _("Insurance, in all"))):
            self.fields[name] = NumberField(label=label, places=places, least=Decimal(0), initial="0", required=False)
        for line in lines:
            named = {"sku": line.sku, "currency": currency}
            self.fields[f"price-{line.pk}"] = NumberField(
                label=_("Price of one unit of %(sku)s, %(currency)s") % named,
                places=4,
                is_positive=True,
                initial=plain(line.unit_price),
            )
        self.lines = lines
        self.order_fields([f"price-{line.pk}" for line in lines] + list(self.field_order))

    def quote(self) -> Quote:
        kept = self.cleaned_data
        return Quote(
            valid_until=kept["valid_until"],
            terms=kept["terms"],
            prices={line.pk: kept[f"price-{line.pk}"] for line in self.lines},
            freight=kept["freight"] or Decimal(0),
            insurance=kept["insurance"] or Decimal(0),
        )
