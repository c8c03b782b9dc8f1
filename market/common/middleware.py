"""What no view should have to think of."""

from collections.abc import Callable

from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.views.defaults import page_not_found


class NothingHasNul:
    """Nobody's number or name holds the character NUL, and PostgreSQL refuses to look for it: such a page is not there.
    The API tells its callers by itself what is wrong."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DataError) or "NUL (0x00)" not in str(exception):
            return None
        return page_not_found(request, Http404())
