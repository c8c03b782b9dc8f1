"""Which requests belong to one visit, without knowing whose it is."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.crypto import salted_hmac


def visit_of(request: HttpRequest) -> str:
    """The same text as long as a visitor's session lasts; empty where there is none, and none is begun. It does not
    tell the session's key, which opens it. Read from the cookie: to ask the session would make a public page one's
    own."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    return salted_hmac("market.visit", key).hexdigest()[:16] if key else ""
