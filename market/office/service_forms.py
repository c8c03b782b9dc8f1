"""What officers write into a draft of a service: texts, fields, questions, papers, who decides. Each form reads one row
of the draft's document and writes one."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, ClassVar, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from market.common.forms import NumberField, PlainTextField
from market.common.languages import LANGUAGES, column
from market.common.quantity import plain
from market.enterprises.models import Certificate
from market.office.desk import Desk, R
from market.office.forms import OfficeForm
from market.public_services.answers import FACTS
from market.public_services.models import ServiceItem
from market.public_services.schema import Kind, OrganisationKind
from market.public_services.states import LEVEL_WORDS, LEVELS
from market.regions.models import OrgUnit

CODE: Final = re.compile(r"[a-z][a-z0-9_-]{0,39}")
SHORT: Final = {"zh-hans": _("in Chinese"), "en": _("in English"), "ru": _("in Russian")}
CHOOSE: Final = {"required": _("Please choose one."), "invalid_choice": _("Please choose one of the list.")}
Row = dict[str, Any]
Written = Mapping[str, tuple[str | Promise, bool]]


class CodeField(forms.CharField):
    """A name the program knows something by."""

    def __init__(self, **kwargs: Any) -> None:
        hint = _("Small Latin letters, digits and -, such as cold-store. Nobody sees it.")
        super().__init__(help_text=hint, max_length=40, **kwargs)

    def clean(self, value: Any) -> str:
        code = str(super().clean(value) or "").strip()
        if code and not CODE.fullmatch(code):
            raise forms.ValidationError(_("Small Latin letters, digits and - only, beginning with a letter."))
        return code


class WrittenForm(OfficeForm):
    """`written`: names of texts in three languages; Chinese is needed where it says so."""

    written: ClassVar[Written] = {}
    key: ClassVar[str] = "code"
    rows: ClassVar[int] = 2

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, (label, is_needed) in self.written.items():
            for language in LANGUAGES:
                kind, widget = (PlainTextField, forms.Textarea) if self.rows > 1 else (forms.CharField, forms.TextInput)
                self.fields[column(name, language)] = kind(
                    label=f"{label}, {SHORT[language]}",
                    required=is_needed and language == "zh-hans",
                    widget=widget({"rows": self.rows} if self.rows > 1 else None),
                    max_length=2000,
                )

    def words(self, name: str) -> dict[str, str]:
        return {language[:2]: self.cleaned_data[column(name, language)].strip() for language in LANGUAGES}

    def texts(self) -> Row:
        return {name: self.words(name) for name in self.written}

    @classmethod
    def texts_in(cls, row: Mapping[str, Any]) -> Row:
        return {
            column(name, language): (row.get(name) or {}).get(language[:2], "")
            for name in cls.written
            for language in LANGUAGES
        }

    @classmethod
    def initial_of(cls, row: Mapping[str, Any]) -> Row:
        return {name: value for name, value in row.items() if name not in cls.written} | cls.texts_in(row)

    def row(self) -> Row:
        kept = {name: value for name, value in self.cleaned_data.items() if name in self.base_fields}
        return kept | self.texts()


class ServiceForm(OfficeForm):
    slug = CodeField(label=_("Address of the page"))
    name_zh = forms.CharField(label=_("Name in Chinese"), max_length=200)
    name_en = forms.CharField(label=_("Name in English"), max_length=200, required=False)
    name_ru = forms.CharField(label=_("Name in Russian"), max_length=200, required=False)
    category = forms.ChoiceField(label=_("Category"), choices=ServiceItem.Category, error_messages=CHOOSE)
    unit = forms.ModelChoiceField(
        label=_("Office that offers it"),
        help_text=_("Enterprises of its area can apply."),
        queryset=OrgUnit.objects.none(),
        error_messages=CHOOSE,
        empty_label=_("Please choose"),
    )
    legal_ground = forms.CharField(label=_("Legal ground"), max_length=500, required=False)

    def __init__(self, *args: Any, desk: Desk, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit = self.fields["unit"]
        assert isinstance(unit, forms.ModelChoiceField)
        mine = OrgUnit.objects.none()
        for path in desk.paths(R.REVIEWER):
            mine = mine | OrgUnit.objects.subtree(path).filter(level__in=LEVELS, closed_at=None)
        unit.queryset = mine.order_by("path")

    def definition(self) -> Row:
        values = dict(self.cleaned_data)
        values["names"] = {name: values.pop(name) for name in ("name_zh", "name_en", "name_ru")}
        return values


class TextsForm(WrittenForm):
    """The texts of the page, and the numbers of the whole version."""

    rows = 3
    written: ClassVar[Written] = {
        "summary": (_("What the service is"), True),
        "audience": (_("Who can apply"), True),
        "result": (_("What they get"), True),
        "guide": (_("How it goes"), False),
    }
    accept_days = NumberField(label=_("Working days to accept"), places=0, is_positive=True, most=Decimal(90))
    publicity_days = NumberField(
        label=_("Working days shown to the public (0: none)"), places=0, least=Decimal(0), most=Decimal(90)
    )
    fee = NumberField(label=_("Fee, CNY (0: none)"), places=2, least=Decimal(0))


class FieldForm(WrittenForm):
    key = "name"
    rows = 1
    written: ClassVar[Written] = {
        "label": (_("Label"), True),
        "hint": (_("Hint"), False),
    }
    name = CodeField(label=_("Name of the field"))
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind, error_messages=CHOOSE)
    section = CodeField(label=_("Section (code)"))
    is_required = forms.BooleanField(label=_("has to be filled in"), required=False, initial=True)
    unit = forms.CharField(label=_("Unit of a number (optional)"), max_length=20, required=False)
    fact = forms.ChoiceField(
        label=_("Filled from the enterprise's data (optional)"),
        choices=[("", "–"), *((name, name) for name in FACTS)],
        required=False,
    )
    options = PlainTextField(
        label=_("Values of a choice, a line each"),
        help_text=_("code | Chinese | English | Russian"),
        widget=forms.Textarea(attrs={"rows": 3}),
        required=False,
    )

    def clean_options(self) -> list[Row]:
        found = []
        for line in str(self.cleaned_data["options"]).splitlines():
            code, *names = [part.strip() for part in line.split("|")]
            if line.strip():
                if not CODE.fullmatch(code) or not names or not names[0]:
                    raise forms.ValidationError(_("A line is: code | Chinese | English | Russian."))
                found.append({"code": code, "label": dict(zip(("zh", "en", "ru"), names, strict=False))})
        return found

    def clean(self) -> Row:
        values = dict(super().clean() or {})
        if values.get("kind") == Kind.CHOICE and len(values.get("options", ())) < 2:
            self.add_error("options", _("A choice needs at least two values."))
        return values

    def row(self) -> Row:
        row = super().row()
        return row | {"choices": row.pop("options")}

    @classmethod
    def initial_of(cls, row: Mapping[str, Any]) -> Row:
        lines = [
            " | ".join([one["code"], *(one["label"].get(code, "") for code in ("zh", "en", "ru"))])
            for one in row.get("choices", ())
        ]
        return {"is_required": True} | super().initial_of(row) | {"options": "\n".join(lines)}


class SectionForm(WrittenForm):
    rows = 1
    written: ClassVar[Written] = {"title": (_("Title"), True)}
    code = CodeField(label=_("Code of the section"))


class QuestionForm(WrittenForm):
    rows = 1
    written: ClassVar[Written] = {
        "question": (_("Question"), True),
        "why": (_("Why it is not for those who answer otherwise"), True),
    }
    code = CodeField(label=_("Code of the question"))
    wanted = forms.ChoiceField(
        label=_("Who can apply answers"), choices=[("yes", _("yes")), ("no", _("no"))], error_messages=CHOOSE
    )


class PaperForm(WrittenForm):
    rows = 1
    written: ClassVar[Written] = {
        "label": (_("Label"), True),
        "hint": (_("Hint"), False),
    }
    code = CodeField(label=_("Code of the paper"))
    is_required = forms.BooleanField(label=_("has to be handed in"), required=False, initial=True)
    document = CodeField(label=_("What it is, across services (optional)"), required=False)
    certificate = forms.ChoiceField(
        label=_("A checked certificate stands in for it (optional)"),
        choices=[("", "–"), *Certificate.Kind.choices],
        required=False,
    )


class RouteForm(OfficeForm):
    most = NumberField(label=_("Up to this sum, CNY (empty: any)"), places=2, is_positive=True, required=False)
    kinds = forms.MultipleChoiceField(
        label=_("Only for these (none: all)"),
        choices=OrganisationKind.choices,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    levels = forms.MultipleChoiceField(
        label=_("Levels that decide"), choices=list(LEVEL_WORDS.items()), widget=forms.CheckboxSelectMultiple
    )
    days = NumberField(label=_("Working days to decide"), places=0, is_positive=True, most=Decimal(366))

    def row(self) -> Row:
        values = self.cleaned_data
        return {
            "most": plain(values["most"]) if values["most"] else "",
            "kinds": values["kinds"],
            "levels": values["levels"],
            "days": int(values["days"]),
        }
