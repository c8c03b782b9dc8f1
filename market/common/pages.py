"""What all three sites' views share: refusals as messages or at fields, rows buttons name, the signed-in person."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from market.common.errors import InvalidInput, MarketError, NotFound

View = Callable[..., HttpResponse]
RowT = TypeVar("RowT", bound=Model)


def tell_refusal(request: HttpRequest, error: MarketError) -> None:
    """As an inline message of the next page; field messages are named."""
    if isinstance(error, InvalidInput):
        for name, text in dict(error.details.get("fields", {})).items():
            messages.error(request, f"{name}: {text}")
        return
    messages.error(request, error.message)


def put_errors(form: forms.Form, error: MarketError) -> None:
    """The action's messages at the fields they speak of; everything typed stays."""
    if not isinstance(error, InvalidInput):
        form.add_error(None, error.message)
        return
    for name, text in dict(error.details["fields"]).items():
        form.add_error(name if name in form.fields else None, str(text))


def chosen_row(rows: QuerySet[RowT], typed: str) -> RowT:
    """The row whose key a button of the page named. Raises NotFound, also for what is no key at all."""
    is_key = typed.isascii() and typed.isdigit() and len(typed) < 19
    row = rows.filter(pk=typed).first() if is_key else None
    if row is None:
        raise NotFound()
    return row


def hides_foreign_rows(view: View) -> View:
    """NotFound of the domain is a 404 page."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except NotFound as error:
            raise Http404 from error

    return wrapped


def signed_in(view: View) -> View:
    """Whose session ended while they typed reads on the way to signing in that nothing was kept."""
    guarded = hides_foreign_rows(login_required(view))

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not request.user.is_authenticated:
            messages.warning(
                request, _("You had been signed out, so what you sent was not saved. Please sign in again.")
            )
        return guarded(request, *args, **kwargs)

    return wrapped
