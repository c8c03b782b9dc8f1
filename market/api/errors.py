"""Every refusal of the API in one shape: {"error": {"code", "message", "details"}}."""

import logging
import re
from collections.abc import Callable
from typing import Any

import orjson
from django.core.exceptions import SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from market.common.errors import MarketError
from orders.payments.gateways.base import GatewayError

log = logging.getLogger(__name__)
PREFIX = "/api/v1/"
MEBIBYTE = 1024 * 1024
MAX_BODY = MEBIBYTE
# Of addresses that take files, the form around them included: a table of ten, six photos of ten.
_TAKES_FILES = (
    (re.compile(PREFIX + "seller/imports"), 11 * MEBIBYTE),
    (re.compile(PREFIX + "purchases/[^/]+/claims/[^/]+/photos"), 61 * MEBIBYTE),
)
_CODES = {400: "bad_request", 401: "unauthorized", 404: "not_found", 405: "method_not_allowed"}


def error_response(status: int, code: str, message: str, details: Any = None) -> HttpResponse:
    body = orjson.dumps({"error": {"code": code, "message": message, "details": details or {}}}, default=str)
    return HttpResponse(body, status=status, content_type="application/json")


@csrf_exempt  # nothing is here to be forged, and a program reads no page
def unknown_path(request: HttpRequest) -> HttpResponse:
    return error_response(404, "not_found", "There is nothing at this address.")


def unexpected() -> HttpResponse:
    return error_response(500, "unexpected", "Something went wrong here. It has been noted.")


def _named(loc: tuple[str | int, ...]) -> str:
    """The field as its sender knows it: of a list of an address not also by the name of our parameter."""
    source, *parts = loc
    if source == "query":
        parts = parts[max((place for place, part in enumerate(parts) if isinstance(part, str)), default=0) :]
    return ".".join(map(str, parts))


def add_handlers(api: NinjaAPI) -> None:
    @api.exception_handler(MarketError)
    def refused(request: HttpRequest, error: MarketError) -> HttpResponse:
        return error_response(error.http_status, error.code, error.message, error.details)

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        fields = {_named(item["loc"]): item["msg"] for item in error.errors}
        return error_response(422, "invalid_input", "Please check what you sent.", {"fields": fields})

    @api.exception_handler(HttpError)
    def plain(request: HttpRequest, error: HttpError) -> HttpResponse:
        return error_response(error.status_code, _CODES.get(error.status_code, "refused"), str(error))

    @api.exception_handler(MultiPartParserError)
    @api.exception_handler(SuspiciousOperation)
    def unreadable(request: HttpRequest, error: Exception) -> HttpResponse:
        """A form without its boundary, or of more parts than are counted."""
        return error_response(400, "bad_request", str(error))

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return unknown_path(request)

    @api.exception_handler(GatewayError)
    def away(request: HttpRequest, error: GatewayError) -> HttpResponse:
        log.warning("payment provider away at %s: %s", request.path, error)
        return error_response(
            503, "provider_away", "The payment provider does not answer; the same call may be repeated."
        )

    @api.exception_handler(Exception)
    def failed(request: HttpRequest, error: Exception) -> HttpResponse:
        log.error("unexpected error at %s %s", request.method, request.path, exc_info=error)
        return unexpected()


class ApiErrors:
    """Middleware: oversized bodies and impossible addresses are refused unread, and a wrong method gets the same shape
    as everything else."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # PostgreSQL stores no NUL: a page reads past it, a program is told.
        query = request.META.get("QUERY_STRING", "")
        if not request.path.startswith(PREFIX):
            request.META["QUERY_STRING"] = query.replace("%00", "")
            return self.get_response(request)
        if "\0" in request.path:
            return unknown_path(request)
        if "%00" in query:
            return error_response(422, "invalid_input", "Please check what you sent.", {"fields": {"query": "no NUL"}})
        length = request.META.get("CONTENT_LENGTH") or "0"
        limit = next((most for form, most in _TAKES_FILES if form.fullmatch(request.path)), MAX_BODY)
        if length.isdigit() and int(length) > limit:
            return error_response(413, "too_large", "The body is too large.", {"limit": limit})
        response = self.get_response(request)
        if response.status_code == 405:
            wrapped = error_response(405, "method_not_allowed", "This method is not possible here.")
            wrapped["Allow"] = response.get("Allow", "")
            return wrapped
        return response
