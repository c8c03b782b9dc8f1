"""Where allauth sends people away without a word, we say one."""

from allauth.account import views
from allauth.account.internal.flows.phone_verification import PHONE_VERIFICATION_SESSION_KEY
from allauth.account.internal.stagekit import LOGIN_SESSION_KEY
from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _


def verify_phone(request: HttpRequest) -> HttpResponseBase:
    """A code that has expired, or that was wrong three times, ends here: back to the beginning, with the reason."""
    is_change, is_entry = PHONE_VERIFICATION_SESSION_KEY in request.session, LOGIN_SESSION_KEY in request.session
    said = len(messages.get_messages(request))
    answer: HttpResponseBase = views.verify_phone(request)
    if len(messages.get_messages(request)) == said:
        place = answer.headers.get("Location", "").partition("?")[0]
        if is_change and place == reverse("account_change_phone"):
            messages.error(request, _("The code has expired or was wrong too often; the number is unchanged."))
        if is_entry and place == reverse("account_login"):
            messages.error(request, _("The code has expired. Sign in, and a new one is sent."))
    return answer


def confirm_code(request: HttpRequest) -> HttpResponseBase:
    """A code of a lost password that has expired: back to where a new one is sent, with the reason."""
    is_entry, said = LOGIN_SESSION_KEY in request.session, len(messages.get_messages(request))
    answer: HttpResponseBase = views.confirm_login_code(request)
    is_back = answer.headers.get("Location", "").partition("?")[0] == reverse("account_request_login_code")
    if is_entry and is_back and len(messages.get_messages(request)) == said:
        messages.error(request, _("The code has expired. Have a new one sent."))
    return answer
