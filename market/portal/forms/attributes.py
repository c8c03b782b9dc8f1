"""Fields for what the category of a product asks of it."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from catalog.products.attributes import NO, YES, Definition, K, Said, in_language, read_said, shown
from catalog.products.models import Category
from catalog.products.queries import attributes_named, attributes_of_category
from market.common.forms import NumberField
from market.common.languages import active_language
from market.portal.forms.base import PortalForm

PREFIX = "attributes."
FIELDS_FOR, TAKE_BACK = "attributes_for", "take_back"


class AttributeForm(PortalForm):
    """The attributes of the chosen category as fields `attributes.<code>`. `said`: what the product says so far. Where
    the page that was sent had the fields of another category, those of this one are to be seen before it is saved."""

    take_back = forms.BooleanField(required=False)

    def __init__(self, *args: Any, said: Mapping[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.chosen = self._chosen_category()
        path = self.chosen.path if self.chosen else ""
        self.definitions = list(attributes_of_category(path)) if path else []
        everything = [*self.definitions, *attributes_named(set(said or {}) - {one.code for one in self.definitions})]
        found = read_said(said or {}, everything, path)
        self.kept = [one for one in found if one.problem]
        known = {one.code: one for one in found if not one.problem}
        retired = {one.code: one for one in self.kept}
        for definition in self.definitions:
            field = _field(definition, retired.get(definition.code))
            self.fields[f"{PREFIX}{definition.code}"] = field
            if definition.code in known:
                self.initial.setdefault(f"{PREFIX}{definition.code}", _typed(definition, known[definition.code].value))

    def _chosen_category(self) -> Category | None:
        key = self.data.get("category") if self.is_bound else self.initial.get("category")
        text = str(key or "")
        return (
            Category.objects.filter(pk=text).first() if text.isascii() and text.isdigit() and len(text) < 19 else None
        )

    @property
    def fields_for(self) -> str:
        return str(self.chosen.pk) if self.chosen else ""

    @property
    def attribute_fields(self) -> list[forms.BoundField]:
        return [self[f"{PREFIX}{definition.code}"] for definition in self.definitions]

    @property
    def kept_words(self) -> list[tuple[str, str, str]]:
        """Name, text and why it does not count."""
        language = active_language()
        return [(one.name(language), one.text(language), one.reason) for one in self.kept]

    def clean(self) -> dict[str, Any]:
        values = super().clean() or {}
        if self.definitions and self.data.get(FIELDS_FOR, "") != self.fields_for:
            self.add_error(None, _("This category asks for properties of its own: they are below now. Save once more."))
        return values

    def attributes(self) -> dict[str, Any]:
        """As `write_product.told` takes it. What no longer counts stays, unless it is taken back or said anew."""
        kept = {one.code for one in self.kept}
        is_dropped = bool(self.cleaned_data.get(TAKE_BACK))
        given: dict[str, Any] = dict.fromkeys(kept) if is_dropped else {}
        for definition in self.definitions:
            value = self.cleaned_data.get(f"{PREFIX}{definition.code}")
            if value in (None, ""):
                if definition.code not in kept:
                    given[definition.code] = None
            else:
                given[definition.code] = value == YES if definition.kind == K.YES_NO else value
        return given

    def typed_and_saved(self, saved: Mapping[str, Any]) -> list[tuple[str, str, str]]:
        """(label, saved now, typed here) of the attributes in which the two differ."""
        language, given = active_language(), self.attributes()
        found = []
        for definition in self.definitions:
            if definition.code not in given:
                continue
            (said,) = read_said({definition.code: saved.get(definition.code)}, [definition], definition.path)
            typed = given[definition.code]
            words = "" if typed is None else shown(definition, typed, language)
            theirs = "" if said.problem else said.text(language)
            if words != theirs:
                found.append((definition.title(language), theirs, words))
        return found


def _field(definition: Definition, said: Said | None) -> forms.Field:
    """`said`: what no longer counts of this attribute."""
    language = active_language()
    words = _("%(name)s (needed to publish)") if definition.is_required else _("%(name)s (optional)")
    shared: dict[str, Any] = {"label": words % {"name": definition.title(language)}, "required": False}
    if said is not None:
        shared["help_text"] = f"“{said.text(language)}”: {said.reason}"
    if definition.kind == K.NUMBER:
        return NumberField(**shared)
    if definition.kind == K.YES_NO:
        choices = [(YES, shown(definition, True, language)), (NO, shown(definition, False, language))]
    else:
        offered = [choice for choice in definition.values.values() if not choice.is_retired]
        choices = [(choice.code, in_language(choice.names, language)) for choice in offered]
    field = forms.ChoiceField(choices=[("", _("not stated")), *choices], **shared)
    field.error_messages["invalid_choice"] = _("Please choose one of the values offered.")
    return field


def _typed(definition: Definition, value: Any) -> Any:
    return (YES if value else NO) if definition.kind == K.YES_NO else value
