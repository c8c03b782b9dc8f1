"""`/d/<secret>/file/`: a partner without software hands in its own table."""

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from market.common.clock import read_clock
from market.common.errors import MarketError, NotFound
from market.drivers.limits import seconds_to_wait, seconds_to_wait_for_file
from market.drivers.views import closed, too_often
from orders.inbox.files import Sender
from orders.inbox.forms import hand_in_table
from orders.inbox.links import find_link
from orders.inbox.sample_file import sample_file

MOST = 8 * 1024 * 1024  # of a request: a file, or what was looked at


@csrf_exempt  # the secret in the address is what lets one in
@require_http_methods(["GET", "HEAD", "POST"])
def file(request: HttpRequest, secret: str) -> HttpResponse:
    """First the file, which changes nothing; then the same rows, signed, to be taken. For links of a whole partner."""
    now = read_clock()
    wait = seconds_to_wait(secret, now) or (seconds_to_wait_for_file(secret, now) if request.method == "POST" else 0)
    if wait:
        return too_often(request, wait)
    try:
        link = find_link(secret, now=now)
        if link.shipment_id is not None:
            raise NotFound()
    except MarketError as error:
        return closed(request, error)
    if len(length := str(request.META.get("CONTENT_LENGTH") or "0")) > 9 or int(length) > MOST:  # before it is read
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    context = hand_in_table(request, Sender(link.endpoint, link), now=now) | {"link": link, "secret": secret}
    answer = render(request, "drivers/file.html", context, status=422 if context["form"].errors else 200)
    answer["Cache-Control"] = "no-store"
    return answer


def sample(request: HttpRequest) -> HttpResponse:
    answer = HttpResponse(sample_file(read_clock()), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="sample.csv"'
    return answer
