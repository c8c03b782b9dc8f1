from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from market.channels.incoterms import incoterm_choices
from market.channels.models import Channel
from market.common.countries import country_name, foreign_countries
from market.common.forms import MarketForm
from market.common.languages import active_language
from orders.quotes.actions.make_enquiry import Wish

STAY = "="


class EnquiryForm(MarketForm):
    """Shape only; what makes sense is decided by the action, what is allowed by the rules."""

    use_required_attribute = False
    STEPS = {
        "where": ("country", "onward_country", "expected_entry"),
        "terms": ("incoterm", "named_place"),
        "who": ("company", "contact", "email", "message"),
    }

    country = forms.ChoiceField(label=_("Country of destination"))
    onward_country = forms.ChoiceField(
        label=_("Where do the goods end up?"), help_text=_("Also when they are processed or packed on the way.")
    )
    expected_entry = forms.DateField(
        label=_("Planned arrival at the destination"),
        help_text=_("such as 2027-03-01; the rules of that day count"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    incoterm = forms.ChoiceField(
        label=_("Delivery term (Incoterms 2020)"), help_text=_("In containers or by rail: FCA, CPT or CIP.")
    )
    named_place = forms.CharField(label=_("Named place or port"), max_length=80)
    company = forms.CharField(label=_("Company"), max_length=120)
    contact = forms.CharField(label=_("Contact person"), max_length=80)
    email = forms.EmailField(label=_("Email"))
    message = forms.CharField(
        label=_("Message (optional)"), max_length=4000, required=False, widget=forms.Textarea(attrs={"rows": 4})
    )

    def __init__(self, *args: Any, channel: Channel, opened: set[str], **kwargs: Any) -> None:
        """`opened`: the codes of open countries, shown first; the others can be asked for, and are told why not."""
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.error_messages["required"] = _("Please fill this in.")
        language = active_language()
        first = sorted(((code, country_name(code, language)) for code in opened), key=lambda item: item[1])
        rest = [item for item in foreign_countries(language) if item[0] not in opened]
        groups: list[Any] = [("", _("Please choose"))]
        if first:
            groups.append((_("Open"), first))
        groups.append((_("Closed at present"), rest))
        self.fields["country"].choices = groups  # type: ignore[attr-defined]
        stay = (STAY, _("They stay in the country of destination"))
        self.fields["onward_country"].choices = [groups[0], stay, *groups[1:]]  # type: ignore[attr-defined]
        self.fields["incoterm"].choices = [  # type: ignore[attr-defined]
            ("", _("Please choose")),
            *incoterm_choices(channel.incoterms),
        ]

    def step(self, name: str) -> list[forms.BoundField]:
        return [self[field] for field in self.STEPS[name]]

    @property
    def where(self) -> list[forms.BoundField]:
        return self.step("where")

    @property
    def terms(self) -> list[forms.BoundField]:
        return self.step("terms")

    @property
    def who(self) -> list[forms.BoundField]:
        return self.step("who")

    def wish(self) -> Wish:
        values = dict(self.cleaned_data)
        if values["onward_country"] == STAY:
            values["onward_country"] = values["country"]
        return Wish(**values)
