"""Who stands in for the holder of a post: named by the holder, or by an officer above."""

from datetime import datetime, time, timedelta

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.accounts.actions.delegate_post import delegate_post, end_delegation, may_delegate
from market.accounts.models import Post, User
from market.accounts.queries import find_person
from market.common.errors import MarketError, NotFound
from market.common.forms import DayField
from market.common.pages import chosen_row, put_errors, tell_refusal
from market.office.desk import Desk, officers, page
from market.office.forms import OfficeForm


class StandInForm(OfficeForm):
    person = forms.CharField(
        label=gettext_lazy("Email address or mobile number of the person"),
        help_text=gettext_lazy("An officer of the same unit or above. What they decide bears both names."),
        max_length=120,
    )
    first = DayField(label=gettext_lazy("First day"), help_text=gettext_lazy("such as 2026-11-24"))
    until = DayField(label=gettext_lazy("Last day"))

    def clean_person(self) -> User:
        user = find_person(self.cleaned_data["person"])
        if user is None:
            raise forms.ValidationError(_("Nobody with this address has an account. They sign up first."))
        return user

    def span(self) -> tuple[datetime, datetime]:
        """From the midnight before the first day to that after the last one."""
        first, last = self.cleaned_data["first"], self.cleaned_data["until"] + timedelta(days=1)
        return timezone.make_aware(datetime.combine(first, time())), timezone.make_aware(datetime.combine(last, time()))


@officers()
def stand_ins(request: HttpRequest, desk: Desk, pk: int) -> HttpResponse:
    post = Post.objects.select_related("unit", "user").filter(pk=pk).first()
    if post is None or not may_delegate(post, desk.officer, desk.now):
        raise NotFound()
    if request.method == "POST" and "end" in request.POST:
        try:
            end_delegation(chosen_row(post.delegations.all(), request.POST["end"]), by=desk.officer, now=desk.now)
        except NotFound:
            raise
        except MarketError as error:
            tell_refusal(request, error)
        return redirect("office:stand_ins", pk)
    form = StandInForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _delegate(desk, post, form):
        messages.success(request, _("Saved."))
        return redirect("office:stand_ins", pk)
    rows = post.delegations.filter(valid_to__gt=desk.now).select_related("to")
    context = {"post": post, "rows": [(row, row.valid_to - timedelta(seconds=1)) for row in rows], "form": form}
    return page(request, desk, "stand_ins", context, active="posts", status=422 if form.errors else 200)


def _delegate(desk: Desk, post: Post, form: StandInForm) -> bool:
    """False when it was refused; the form then says why."""
    valid_from, valid_to = form.span()
    try:
        delegate_post(
            post, form.cleaned_data["person"], valid_from=valid_from, valid_to=valid_to, by=desk.officer, now=desk.now
        )
    except MarketError as error:
        put_errors(form, error)
        return False
    return True
