"""Who sits before the page: a person, their enterprise, their role. Everything starts here: nobody sees another's."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.core.exceptions import PermissionDenied
from django.core.paginator import Page, Paginator
from django.db import models
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from market.accounts.models import User
from market.common.errors import NotAllowed, NotFound
from market.common.pages import View, signed_in
from market.enterprises.models import Enterprise
from market.enterprises.queries import memberships_of
from market.enterprises.roles import Right, may
from market.portal.forms.base import PortalForm

PAGE_SIZE = 50
CHOSEN = "portal.enterprise"  # in the session: the number of the enterprise a person with several works in
P = ParamSpec("P")
Row = TypeVar("Row", bound=models.Model)


@dataclass(frozen=True)
class Seat:
    """`seats`: in how many enterprises this person works."""

    person: User
    enterprise: Enterprise
    role: str
    role_name: str
    seats: int = 1

    def may(self, right: Right) -> bool:
        return may(self.role, right)


def person_of(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def seat_of(request: HttpRequest) -> Seat | None:
    """In the enterprise the person has chosen, while they work there; else in the one they joined first."""
    person = person_of(request)
    members = list(memberships_of(person))
    if not members:
        return None
    chosen = request.session.get(CHOSEN)
    member = next((row for row in members if row.enterprise.number == chosen), members[0])
    return Seat(person, member.enterprise, member.role, str(member.get_role_display()), len(members))


def staff(
    writes: Right | None = None, *, only: Right | None = None
) -> Callable[[Callable[Concatenate[HttpRequest, Seat, P], HttpResponse]], View]:
    """A page of the enterprise's staff; for everybody else it does not exist (404). `writes` is the right that sending
    the page's form needs, `only` the right that even seeing it needs (403 without)."""

    def wrap(view: Callable[Concatenate[HttpRequest, Seat, P], HttpResponse]) -> View:
        @wraps(view)
        def wrapped(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            seat = seat_of(request)
            if seat is None:
                raise NotFound()
            needed = only or (writes if request.method == "POST" else None)
            if needed is not None and not seat.may(needed):
                raise PermissionDenied
            try:
                return view(request, seat, *args, **kwargs)
            except NotAllowed as error:
                raise PermissionDenied from error

        return signed_in(wrapped)

    return wrap


def show(
    request: HttpRequest,
    seat: Seat,
    template: str,
    title: str,
    context: dict[str, Any] | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    """Render with what every page of the portal needs; a bound form with errors makes it a 422."""
    context = context or {}
    form = context.get("form")
    if isinstance(form, PortalForm) and form.is_bound and form.errors and status == 200:
        status = 422
    shared = {"seat": seat, "enterprise": seat.enterprise, "title": title, "can": _rights(seat)}
    return render(request, f"portal/{template}.html", shared | context, status=status)


def _rights(seat: Seat) -> dict[str, bool]:
    return {right.value: seat.may(right) for right in Right}


def sent(request: HttpRequest) -> QueryDict | None:
    """For forms that may be sent with nothing in them, such as a box nobody ticked."""
    return request.POST if request.method == "POST" else None


def page_of(request: HttpRequest, rows: models.QuerySet[Row]) -> Page[Row]:
    """50 rows; a page that does not exist shows the nearest."""
    return Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
