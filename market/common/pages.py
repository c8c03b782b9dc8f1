"""What all three sites' views share: refusals as messages, the signed-in person."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse

from market.common.errors import InvalidInput, MarketError, NotFound

View = Callable[..., HttpResponse]


def tell_refusal(request: HttpRequest, error: MarketError) -> None:
    """As an inline message of the next page; field messages are named."""
    if isinstance(error, InvalidInput):
        for name, text in dict(error.details.get("fields", {})).items():
            messages.error(request, f"{name}: {text}")
        return
    messages.error(request, error.message)


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
    return hides_foreign_rows(login_required(view))
