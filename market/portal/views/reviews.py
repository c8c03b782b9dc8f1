"""What buyers write about the firm's products, and the answer to it that everybody reads."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.common.clock import read_clock
from market.common.errors import MarketError, NotFound
from market.common.forms import PlainTextField
from market.common.pages import put_errors
from market.enterprises.roles import Right
from market.portal.forms.base import PortalForm
from market.portal.seat import Seat, page_of, show, staff
from orders.reviews.actions.answer_review import answer_review
from orders.reviews.models import Review
from orders.reviews.queries import reviews_for_enterprise


class AnswerForm(PortalForm):
    answer = PlainTextField(
        label=gettext_lazy("Your answer"),
        help_text=gettext_lazy(
            "Everybody reads it below the review. At most 1,000 characters; you can change it later."
        ),
        widget=forms.Textarea(attrs={"rows": 5}),
    )


@staff()
def reviews(request: HttpRequest, seat: Seat) -> HttpResponse:
    """Newest first; those without an answer by themselves."""
    rows = reviews_for_enterprise(seat.enterprise.pk)
    is_open = request.GET.get("state") == "unanswered"
    if is_open:
        rows = rows.filter(answer="", state=Review.State.SHOWN)
    context = {"page": page_of(request, rows), "is_open": is_open}
    return show(request, seat, "reviews", _("Reviews"), context)


@staff(Right.TRADE)
def review(request: HttpRequest, seat: Seat, review_id: int) -> HttpResponse:
    """Read and answer. Somebody else's is not there."""
    row = reviews_for_enterprise(seat.enterprise.pk).filter(pk=review_id).first()
    if row is None:
        raise NotFound()
    form = AnswerForm(request.POST or None, initial={"answer": row.answer})
    if request.method == "POST" and form.is_valid():
        try:
            answer_review(row, form.cleaned_data["answer"], by=seat.person, now=read_clock())
            messages.success(request, _("Your answer stands below the review."))
            return redirect("portal:reviews")
        except MarketError as error:
            put_errors(form, error)
    may_answer = seat.may(Right.TRADE) and row.state == Review.State.SHOWN
    context = {"review": row, "form": form if may_answer or form.is_bound else None}
    return show(request, seat, "review", _("Review"), context)
