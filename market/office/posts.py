"""Who holds which post in the officer's subtree; officers of a higher level fill the posts below them."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.accounts.actions.delegate_post import may_delegate
from market.accounts.actions.give_post import give_post, reaches, withdraw_post
from market.accounts.models import Post, User
from market.accounts.queries import find_person, has_shown, posts_of
from market.common.audit.models import AuditEntry
from market.common.errors import MarketError, NotFound
from market.common.forms import DayField
from market.common.languages import active_language
from market.common.pages import put_errors
from market.office.desk import Desk, officers, page, paged
from market.office.forms import OfficeForm
from market.regions.models import OrgUnit

LEVELS = (OrgUnit.Level.DIVISION, OrgUnit.Level.REGIMENT)


class PostForm(OfficeForm):
    """The choices are what this officer may fill."""

    person = forms.CharField(
        label=gettext_lazy("Email address or mobile number of the person"),
        help_text=gettext_lazy("They need an account, and have confirmed this address."),
        max_length=120,
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("Organisation unit"),
        error_messages={"invalid_choice": gettext_lazy("Choose a unit of the list.")},
    )
    role = forms.ChoiceField(
        label=gettext_lazy("Post"),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Please choose a post."),
            "invalid_choice": gettext_lazy("Please choose a post."),
        },
    )
    until = DayField(
        label=gettext_lazy("Last day (optional)"),
        help_text=gettext_lazy("such as 2026-11-24"),
        required=False,
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("Such as the number of the appointment. It stays in the log."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=500,
    )

    def __init__(self, *args: Any, desk: Desk, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.desk = desk
        unit, role = self.fields["unit"], self.fields["role"]
        assert isinstance(unit, forms.ChoiceField)
        assert isinstance(role, forms.ChoiceField)
        language = active_language()
        units = [(row.code, f"{row.name_in(language)} · {row.code}") for row in units_to_fill(desk)]
        unit.choices = [("", _("Please choose")), *units]
        mine = {post.role for post in desk.posts if post.role != Post.Role.VIEWER} | {Post.Role.VIEWER}
        role.choices = [(value, label) for value, label in Post.Role.choices if value in mine]

    def clean_person(self) -> User:
        typed = self.cleaned_data["person"]
        user = find_person(typed)
        if user is None:
            raise forms.ValidationError(_("Nobody with this address has an account. They sign up first."))
        if not has_shown(user, typed) and not posts_of(user, self.desk.now).exists():
            raise forms.ValidationError(
                _("The person has not confirmed this address yet: they do that in their account.")
            )
        return user

    def clean_until(self) -> datetime | None:
        """The first moment after the last day."""
        day = self.cleaned_data["until"]
        midnight = datetime.min.time()
        return timezone.make_aware(datetime.combine(day + timedelta(days=1), midnight)) if day else None


class WithdrawForm(OfficeForm):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        help_text=gettext_lazy("It stays in the log."),
        widget=forms.Textarea(attrs={"rows": 2}),
        max_length=500,
    )


def units_to_fill(desk: Desk) -> QuerySet[OrgUnit]:
    """Divisions and regiments strictly below a post that is more than a viewer's."""
    below = Q(pk__in=[])
    for post in desk.posts:
        if post.role != Post.Role.VIEWER:
            below |= Q(path__startswith=post.unit.path) & ~Q(pk=post.unit_id)
    return OrgUnit.objects.filter(below, level__in=LEVELS, closed_at__isnull=True).order_by("path")


def _in_reach(desk: Desk) -> QuerySet[Post]:
    reach = Q(pk__in=[])
    for path in desk.paths():
        reach |= Q(unit__path__startswith=path)
    return Post.objects.filter(reach).select_related("unit", "user")


@officers()
def posts(request: HttpRequest, desk: Desk) -> HttpResponse:
    rows = _in_reach(desk).order_by("unit__path", "role", "pk")
    context = paged(request, rows) | {"may_give": units_to_fill(desk).exists()}
    return page(request, desk, "posts", context, active="posts")


@officers()
def new_post(request: HttpRequest, desk: Desk) -> HttpResponse:
    if not units_to_fill(desk).exists():
        raise NotFound()
    form = PostForm(request.POST or None, desk=desk)
    if request.method == "POST" and form.is_valid() and _give(request, desk, form):
        return redirect("office:posts")
    status = 422 if form.is_bound and form.errors else 200
    return page(request, desk, "post_new", {"form": form}, active="posts", status=status)


def _give(request: HttpRequest, desk: Desk, form: PostForm) -> bool:
    """False when it was refused; the form then says why."""
    values = form.cleaned_data
    unit = OrgUnit.objects.get(code=values["unit"])
    try:
        post = give_post(
            values["person"],
            unit,
            values["role"],
            reason=values["reason"],
            valid_to=values["until"],
            by=desk.officer,
            now=desk.now,
        )
    except MarketError as error:
        put_errors(form, error)
        return False
    words = {"person": post.user, "role": post.get_role_display(), "unit": unit.name_in(active_language())}
    messages.success(request, _("Post given: %(person)s, %(role)s, %(unit)s.") % words)
    return True


@officers()
def post(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    """One post, with the form that ends it for those who may, and its log."""
    row = _in_reach(desk).filter(pk=pk).first()
    if row is None:
        raise NotFound()
    is_mine = row.user_id == desk.officer.pk
    holds = row.valid_to is None or row.valid_to > desk.now
    may_withdraw = holds and (is_mine or reaches(desk.posts, row.unit, row.role))
    form = WithdrawForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_post(row, reason=form.cleaned_data["reason"], by=desk.officer, now=desk.now)
            messages.success(request, _("The post has ended."))
            return redirect("office:posts")
        except MarketError as error:
            put_errors(form, error)
    context = {
        "row": row,
        "form": form,
        "is_mine": is_mine,
        "holds": holds,
        "may_withdraw": may_withdraw,
        "may_delegate": holds and may_delegate(row, desk.officer, desk.now),
        "log": AuditEntry.objects.filter(subject_kind="post", subject_id=str(pk)).order_by("-pk")[:10],
    }
    status = 422 if form.is_bound and form.errors else 200
    return page(request, desk, "post", context, active="posts", status=status)
