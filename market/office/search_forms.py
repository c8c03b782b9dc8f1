"""What officers fill in about search. Forms check shape; the actions check sense."""

from collections.abc import Iterable

from django import forms
from django.utils.translation import gettext_lazy as _

from market.common.languages import LANGUAGES
from market.office.forms import OfficeForm
from search.analysis.dictionary import Entry
from search.products.models import Concept

_LINES = forms.Textarea(attrs={"rows": 3})


class ConceptForm(OfficeForm):
    kind = forms.ChoiceField(label=_("What it names"), choices=Concept.Kind.choices)
    names_zh = forms.CharField(
        label=_("Chinese names"), help_text=_("one a line"), widget=_LINES, max_length=2000, required=False
    )
    names_en = forms.CharField(
        label=_("English names"), help_text=_("one a line"), widget=_LINES, max_length=2000, required=False
    )
    names_ru = forms.CharField(
        label=_("Russian names"), help_text=_("one a line"), widget=_LINES, max_length=2000, required=False
    )
    note = forms.CharField(label=_("Note for colleagues"), max_length=200, required=False)
    is_active = forms.BooleanField(label=_("Search uses it"), required=False)

    def names(self) -> dict[str, list[str]]:
        fields = ("names_zh", "names_en", "names_ru")
        return {
            language: str(self.cleaned_data[field]).splitlines()
            for language, field in zip(LANGUAGES, fields, strict=True)
        }

    @classmethod
    def filled(cls, concept: Concept | None) -> dict[str, object]:
        if concept is None:
            return {"is_active": True}
        names = cls._lines_of((name.language, name.text) for name in concept.names.all())
        return {"kind": concept.kind, "note": concept.note, "is_active": concept.is_active, **names}

    @classmethod
    def of_entry(cls, entry: Entry) -> dict[str, object]:
        return {"kind": entry.kind, "is_active": True, **cls._lines_of(entry.names)}

    @staticmethod
    def _lines_of(names: Iterable[tuple[str, str]]) -> dict[str, str]:
        known = list(names)
        return {
            field: "\n".join(text for code, text in known if code == language)
            for language, field in zip(LANGUAGES, ("names_zh", "names_en", "names_ru"), strict=True)
        }


class ChoiceForm(OfficeForm):
    PIN, HIDE = "pin", "hide"

    what = forms.ChoiceField(
        label=_("What to do"), choices=[(PIN, _("put it first")), (HIDE, _("take it out of the results"))]
    )
    text = forms.CharField(
        label=_("Search text"),
        help_text=_("Empty: the results of every search; only to take a product out."),
        max_length=100,
        required=False,
    )
    product = forms.IntegerField(
        label=_("Number of the product"),
        help_text=_("It stands in the address of its page."),
        min_value=1,
        max_value=2**53,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    position = forms.IntegerField(
        label=_("Place among those put first"),
        min_value=0,
        max_value=99,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    reason = forms.CharField(label=_("Reason, needed to take out"), max_length=200, required=False)
