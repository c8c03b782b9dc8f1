"""Two things allauth raises outside the views that would answer them."""

from collections.abc import Callable
from typing import TYPE_CHECKING, cast
from urllib.parse import urlsplit

from allauth.core.ratelimit import RateLimited, respond_429
from django.http import HttpRequest, HttpResponse

if TYPE_CHECKING:
    from django.http.request import _ImmutableQueryDict


class RateLimitMiddleware:
    """Who asks for codes too fast is told to wait."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        return respond_429(request) if isinstance(exception, RateLimited) else None


class NextIsAnAddress:
    """A `next` that is no address (`https://[`) leads nowhere, as one to a stranger's site: it is forgotten."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "/accounts/" in request.path_info:
            request.GET = _without_riddle(request.GET)
            if request.method == "POST":
                request.POST = _without_riddle(request.POST)
        return self.get_response(request)


def _without_riddle(query: "_ImmutableQueryDict") -> "_ImmutableQueryDict":
    try:
        for typed in query.getlist("next"):
            urlsplit(typed)
    except ValueError:
        kept = query.copy()
        del kept["next"]
        return cast("_ImmutableQueryDict", kept)
    return query
