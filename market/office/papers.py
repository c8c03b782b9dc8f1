"""Papers of orders in the officer's reach: which were issued, not what they say of buyers."""

from django.http import HttpRequest, HttpResponse

from market.office.desk import Desk, officers, page, paged
from orders.documents.queries import whole_documents


@officers()
def papers(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The newest first; found by the number of a paper or of what it is about."""
    rows, words = desk.of(whole_documents().select_related("enterprise")), request.GET.get("q", "").strip()[:60]
    if words:
        rows = rows.filter(number__istartswith=words) | rows.filter(subject__istartswith=words)
    context = {"words": words} | paged(request, rows)
    return page(request, desk, "papers", context, active="papers")
