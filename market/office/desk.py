"""The officer at work: which posts hold now, and what is in their reach. Without a post there is no office."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import reduce, wraps
from typing import Any, TypeVar

from django.core.paginator import Page, Paginator
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from market.accounts.models import Post, User
from market.accounts.queries import posts_of
from market.common.clock import read_clock
from market.common.errors import NotFound
from market.common.pages import View, signed_in
from market.common.paging import page_links
from market.common.tenancy import TenantQuerySet
from market.regions.models import OrgUnit

RowT = TypeVar("RowT", bound=Model)
R = Post.Role
# Partners' keys and the messages of all sellers' parcels belong to no subtree: such posts count at the top only.
PARTNERS = (R.COMPLIANCE,)


@dataclass(frozen=True)
class Desk:
    """One request's officer. `posts` are those that hold at `now`, with their units."""

    officer: User
    now: datetime
    posts: tuple[Post, ...]

    def holds(self, *roles: str) -> bool:
        return any(post.role in roles for post in self.posts)

    @property
    def may_act(self) -> bool:
        """More than look: any post but a viewer's."""
        return any(post.role != R.VIEWER for post in self.posts)

    def is_top(self, *roles: str) -> bool:
        """Such a post at the top of the tree: what belongs to no enterprise (yet) is theirs too."""
        return any(post.role in roles and post.unit.parent_id is None for post in self.posts)

    def paths(self, *roles: str) -> list[str]:
        """Units of these posts (none named: of all), without those below another one."""
        found = sorted({post.unit.path for post in self.posts if not roles or post.role in roles})
        return [path for path in found if not any(path != other and path.startswith(other) for other in found)]

    def of(self, rows: TenantQuerySet[RowT], *roles: str) -> QuerySet[RowT]:
        """Those of the rows that belong to the subtrees of these posts; nothing without such a post."""
        parts: list[QuerySet[RowT]] = [rows.for_subtree(path) for path in self.paths(*roles)]
        return reduce(lambda one, other: one | other, parts) if parts else rows.none()

    @property
    def runs_partners(self) -> bool:
        return self.is_top(*PARTNERS)

    @property
    def is_reviewer(self) -> bool:
        return self.holds(R.REVIEWER)

    @property
    def is_finance(self) -> bool:
        return self.holds(R.FINANCE)

    @property
    def pays(self) -> bool:
        """Payouts cross all regiments."""
        return self.is_top(R.FINANCE)

    @property
    def is_compliance(self) -> bool:
        return self.holds(R.COMPLIANCE)


def officers(*roles: str) -> Callable[[Callable[..., HttpResponse]], View]:
    """A page for holders of one of these posts (none named: any post); for everybody else it does not exist. The view
    is called with the request and the desk."""

    def wrap(view: Callable[..., HttpResponse]) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
            assert isinstance(request.user, User)
            now = read_clock()
            desk = Desk(request.user, now, tuple(posts_of(request.user, now).order_by("unit__path", "role")))
            if not (desk.holds(*roles) if roles else desk.posts):
                raise NotFound()
            return view(request, desk, *args, **kwargs)

        return signed_in(wrapped)

    return wrap


def page(
    request: HttpRequest, desk: Desk, template: str, context: Mapping[str, Any], *, active: str, status: int = 200
) -> HttpResponse:
    """An office page: the menu knows what this officer may open and where they are."""
    return render(request, f"office/{template}.html", {"desk": desk, "active": active, **context}, status=status)


def units_to_choose(desk: Desk) -> list[tuple[str, str]]:
    """Code and name of everything in reach, for a filter, each below what it belongs to. One statement."""
    reach = Q(pk__in=[])
    for path in desk.paths():
        reach |= Q(path__startswith=path)
    units = OrgUnit.objects.filter(reach)
    return [(row.code, f"{'　' * (row.path.count('/') - 2)}{row.name}") for row in units]


def paged(request: HttpRequest, rows: QuerySet[RowT] | Sequence[Any], size: int = 30) -> dict[str, Any]:
    """`rows` of this page, `found` in all, and `links` to the others, which keep the filters. Two statements."""
    wanted = request.GET.get("page", "1")
    query = request.GET.copy()

    def address(number: int) -> str:
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    pages = Paginator(rows, size)
    chosen: Page[RowT] = pages.get_page(wanted if wanted.isascii() and wanted.isdigit() else "1")
    return {
        "rows": chosen.object_list,
        "found": pages.count,
        "links": page_links(chosen.number, pages.num_pages, address),
    }
