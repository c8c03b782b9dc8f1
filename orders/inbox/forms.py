"""A carrier's table, handed in on a page: the two sites that take one share this."""

from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from market.accounts.models import User
from market.common.errors import MarketError
from market.common.tables import UnreadableTableError
from orders.inbox.file_rows import MAX_BYTES
from orders.inbox.file_words import statuses
from orders.inbox.files import Sender, look_at_table, take_table


class TableForm(forms.Form):
    use_required_attribute = False

    file = forms.FileField(
        label=_("Table (CSV)"),
        help_text=_("UTF-8, GB18030 or Windows-1251; comma, semicolon or tab; up to 20,000 rows and 4 MB."),
        error_messages={
            "required": _("Please choose a file."),
            "missing": _("Please choose a file."),
            "invalid": _("Please choose a file."),
            "empty": _("This file is empty."),
        },
    )


def hand_in_table(request: HttpRequest, sender: Sender, *, now: datetime, by: User | None = None) -> dict[str, Any]:
    """What the page shows: `form`, `words`, and `look` (nothing changed yet) or `taken`."""
    context: dict[str, Any] = {"words": statuses(), "form": TableForm()}
    if request.method != "POST":
        return context
    if "look" in request.POST:
        try:
            return context | {"taken": take_table(request.POST["look"], sender, now=now, by=by)}
        except MarketError as error:
            form = TableForm(data={})
            form.is_valid()
            form.errors.clear()
            form.add_error(None, error.message)
            return context | {"form": form}
    form = TableForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            context["look"] = look_at_table(form.cleaned_data["file"].read(MAX_BYTES + 1), sender, now=now)
        except UnreadableTableError as error:
            form.add_error("file", str(error))
    return context | {"form": form}
