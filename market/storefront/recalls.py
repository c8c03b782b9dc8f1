"""Recalls: what everybody can read, and what a buyer of recalled goods answers."""

from decimal import Decimal
from typing import Any

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from market.common.clock import read_clock
from market.common.errors import MarketError, NotFound
from market.common.forms import NumberField
from market.common.pages import hides_foreign_rows, put_errors
from market.common.paging import page_links
from market.storefront.access import my_purchase
from market.storefront.filters import read_page
from market.storefront.listing import public_page
from market.storefront.visitor import person
from orders.recalls.actions.follow_recall import MOST_WORDS, answer_notice
from orders.recalls.models import RecallNotice
from orders.recalls.queries import public_recalls

SIZE = 20


class AnswerForm(forms.Form):
    use_required_attribute = False
    done = forms.ChoiceField(
        label=_("What have you done with it?"),
        choices=RecallNotice.Done,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose one.")},
    )
    words = forms.CharField(
        label=_("Anything else? (optional)"), max_length=MOST_WORDS, required=False, widget=forms.Textarea({"rows": 2})
    )
    field_order = ("left", "done", "words")

    def __init__(self, notice: RecallNotice, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["left"] = NumberField(
            label=_("How much do you still have, in kg?"),
            places=3,
            least=Decimal(0),
            most=notice.weight,
            error_messages={"required": _("Please enter a weight; 0 if nothing is left.")},
        )
        self.order_fields(self.field_order)


@never_cache
@hides_foreign_rows
def recall(request: HttpRequest, number: str, recall_number: str) -> HttpResponse:
    """What is wrong and what to do; the form while the recall is open. An answer can be given again."""
    purchase = my_purchase(request, number)
    rows = RecallNotice.objects.select_related("recall__lot__product", "recall__enterprise", "seller_order")
    notice = rows.filter(seller_order__purchase=purchase, recall__number=recall_number).first()
    if notice is None:
        raise NotFound()
    form = AnswerForm(notice, request.POST or None, initial=_answered(notice))
    if request.method == "POST" and form.is_valid():
        try:
            answer_notice(notice, **form.cleaned_data, by=person(request), now=read_clock())
            messages.success(request, gettext("Thank you: the seller and the officers read your answer."))
            return redirect("storefront:order", number)
        except MarketError as error:
            put_errors(form, error)
    context = {"number": number, "notice": notice, "recall": notice.recall, "form": form}
    return render(request, "storefront/recall.html", context, status=422 if request.method == "POST" else 200)


def _answered(notice: RecallNotice) -> dict[str, Any]:
    return {"left": notice.left, "done": notice.done, "words": notice.words} if notice.answered_at else {}


def recalls(request: HttpRequest) -> HttpResponse:
    """Open ones and those of the last half year, for everybody."""
    page = Paginator(public_recalls(read_clock()), SIZE).get_page(read_page(request.GET.get("page", "")))
    links = page_links(page.number, page.paginator.num_pages, lambda place: f"?page={place}")
    return public_page(render(request, "storefront/recalls.html", {"page": page, "links": links}))
