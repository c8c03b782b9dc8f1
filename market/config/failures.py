"""The answer to an error nobody expected, in the manner of the place: a page in the visitor's language, the API's one
shape for programs and partners. Needs neither session nor database; what happened stands in the log only."""

from django.http import HttpRequest, HttpResponse
from django.template import loader
from django.utils import translation

from market.api.errors import PREFIX, unexpected

HOOKS = "/hooks/"


def server_error(request: HttpRequest) -> HttpResponse:
    if request.path.startswith((PREFIX, HOOKS)):
        return unexpected()
    # The error may have come before anything looked at the language.
    with translation.override(translation.get_language_from_request(request, check_path=True)):
        return HttpResponse(loader.render_to_string("500.html"), status=500)
