"""A partner without software sent its table to an officer, who hands it in."""

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from market.office.desk import PARTNERS, Desk, officers, page
from market.office.partner_links import native_partner
from orders.inbox.files import Sender
from orders.inbox.forms import hand_in_table


@officers(*PARTNERS)
def partner_file(request: HttpRequest, desk: Desk, endpoint_id: str) -> HttpResponse:
    """First the file, which changes nothing; then the same rows, signed, to be taken."""
    endpoint = native_partner(desk, endpoint_id)
    context = hand_in_table(request, Sender(endpoint), now=desk.now, by=desk.officer)
    context |= {"endpoint": endpoint, "has_session": True, "sample": reverse("drivers:sample")}
    status = 422 if context["form"].errors else 200
    answer = page(request, desk, "partner_file", context, active="partners", status=status)
    answer["Cache-Control"] = "no-store"
    return answer
