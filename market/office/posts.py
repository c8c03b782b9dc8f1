"""Who holds which post in the officer's subtree, to look at."""

from django.db.models import Q
from django.http import HttpRequest, HttpResponse

from market.accounts.models import Post
from market.office.desk import Desk, officers, page, paged


@officers()
def posts(request: HttpRequest, desk: Desk) -> HttpResponse:
    reach = Q(pk__in=[])
    for path in desk.paths():
        reach |= Q(unit__path__startswith=path)
    rows = Post.objects.filter(reach).select_related("unit", "user").order_by("unit__path", "role", "pk")
    return page(request, desk, "posts", paged(request, rows), active="posts")
