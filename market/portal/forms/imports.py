"""Forms of the pages where a table of products is fetched and handed in."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from catalog.imports.files import MOST_BYTES, MOST_ROWS, SUFFIXES
from catalog.imports.receipt_columns import MOST_RECEIPTS
from catalog.products.models import Category
from market.channels.models import Channel
from market.common.languages import active_language
from market.common.quantity import format_number
from market.portal.forms.base import Choices, OneOf, PortalForm


class TableForm(PortalForm):
    """A handed-in table; `most_rows` it may have."""

    most_rows = MOST_ROWS
    file = forms.FileField(
        label=_("The table"),
        widget=forms.FileInput(attrs={"accept": ",".join(SUFFIXES)}),
        allow_empty_file=True,
        max_length=1_000,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["file"].help_text = _("Excel (.xlsx) or CSV, up to %(megabytes)s MB and %(rows)s rows") % {
            "megabytes": MOST_BYTES // 1024**2,
            "rows": format_number(Decimal(self.most_rows), active_language()),
        }


class ReceiptsForm(TableForm):
    most_rows = MOST_RECEIPTS


class UploadForm(TableForm):
    becomes = forms.ChoiceField(
        label=_("New products become"),
        choices=[("draft", _("drafts, to be looked at first")), ("published", _("published at once"))],
        initial="draft",
        widget=OneOf,
    )


class TemplateForm(PortalForm):
    category = forms.ModelChoiceField(label=_("Category"), queryset=Category.objects.order_by("path"))
    channel = forms.MultipleChoiceField(label=_("Prices for"), widget=Choices, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        channels = list(Channel.objects.filter(is_active=True))
        self.fields["channel"].choices = [(one.code, one.name) for one in channels]  # type: ignore[attr-defined]
        self.fields["channel"].initial = [one.code for one in channels[:1]]


class OwnForm(PortalForm):
    category = forms.ModelChoiceField(
        label=_("Category"), queryset=Category.objects.order_by("path"), required=False, empty_label=_("all")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["category"].empty_label = _("all")  # type: ignore[attr-defined]
