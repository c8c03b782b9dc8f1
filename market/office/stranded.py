"""Shipments that ended without arriving, while what was paid for them is held: the oldest first."""

from django.http import HttpRequest, HttpResponse

from market.office.desk import Desk, officers, page, paged
from market.office.queries import stranded as stranded_of


@officers()
def stranded(request: HttpRequest, desk: Desk) -> HttpResponse:
    return page(request, desk, "stranded", paged(request, stranded_of(desk)), active="stranded")
