"""What no view should have to think of."""

import ipaddress
from collections.abc import Callable
from contextlib import suppress

from django.db import DataError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import Resolver404, resolve
from django.views.defaults import page_not_found

HOOKS = "/hooks/"


class AddressBehindProxy:
    """Our own proxy (TRUSTED_PROXY) puts the address it was called from at the end of X-Forwarded-For; what stands
    before it the caller may have written. Otherwise all visitors would have the proxy's address, and ten wrong guesses
    of one of them would lock out everybody."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        told = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
        with suppress(ValueError):
            request.META["REMOTE_ADDR"] = str(ipaddress.ip_address(told))
        return self.get_response(request)


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


class HooksGoStraight:
    """A partner's program has no session, language or form: its message goes to its view past all that serves people,
    which costs more than taking the message. Stands right behind SecurityMiddleware; what else guards an answer is
    done here: the host's name is checked, and nobody may show the answer in a page of theirs."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(HOOKS):
            return self.get_response(request)
        request.get_host()  # raises DisallowedHost, which is answered with 400
        try:
            found = resolve(request.path_info)
        except Resolver404:
            return self.get_response(request)
        response: HttpResponse = found.func(request, *found.args, **found.kwargs)
        response["Content-Length"] = str(len(response.content))
        response["X-Frame-Options"] = "DENY"
        response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'"
        return response
