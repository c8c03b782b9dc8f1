"""Sellers' pages for export enquiries: their own part only."""

from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.common.clock import read_clock
from market.common.countries import country_name
from market.common.errors import InvalidInput, MarketError, NotFound
from market.common.languages import active_language
from market.common.pages import tell_refusal
from market.common.paging import page_links
from market.compliance.evidence import evidence_label
from market.enterprises.roles import Right
from market.portal.forms.base import PortalForm
from market.portal.seat import Seat, show, staff
from orders.quotes.actions.answer_enquiry import LONGEST, answer_enquiry, close_enquiry
from orders.quotes.models import EnquiryPart
from orders.quotes.queries import parts_for_enterprise

PAGE = 25


class AnswerForm(PortalForm):
    message = forms.CharField(
        label=gettext_lazy("Your answer"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 5}), required=False
    )


def _facts(part: EnquiryPart) -> dict[str, Any]:
    language = active_language()
    missing = {kind for line in part.lines.all() for kind in line.decision.missing_evidence}
    return {
        "part": part,
        "enquiry": part.enquiry,
        "country": country_name(part.enquiry.country, language),
        "onward_country": country_name(part.enquiry.onward_country, language),
        "evidence": sorted(evidence_label(kind) for kind in missing),
    }


@staff()
def enquiries(request: HttpRequest, seat: Seat) -> HttpResponse:
    rows = parts_for_enterprise(seat.enterprise.pk)
    chosen = request.GET.get("state", "")
    if chosen in EnquiryPart.State.values:
        rows = rows.filter(state=chosen)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    here = f"?state={chosen}&page=" if chosen in EnquiryPart.State.values else "?page="
    context = {
        "rows": [_facts(part) for part in page],
        "links": page_links(page.number, page.paginator.num_pages, lambda number: f"{here}{number}"),
        "states": EnquiryPart.State.choices,
        "chosen": chosen,
    }
    return show(request, seat, "enquiries", _("Export enquiries"), context)


@staff(Right.TRADE)
def enquiry(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Read, answer, close. Somebody else's part is not there."""
    part = parts_for_enterprise(seat.enterprise.pk).filter(number=number).first()
    if part is None:
        raise NotFound()
    form = AnswerForm(request.POST or None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            _act(part, request, seat, form.cleaned_data["message"])
            return redirect("portal:enquiry", number)
        except InvalidInput as error:
            form.add_error("message", str(error.details["fields"]["message"]))
        except MarketError as error:
            tell_refusal(request, error)
            return redirect("portal:enquiry", number)
    if request.method == "POST":
        status = 422
    return show(request, seat, "enquiry", part.number, _facts(part) | {"form": form}, status=status)


def _act(part: EnquiryPart, request: HttpRequest, seat: Seat, message: str) -> None:
    by, now = seat.person, read_clock()
    if "close" in request.POST:
        close_enquiry(part, by=by, by_seller=True, message=message, now=now)
    else:
        answer_enquiry(part, by=by, message=message, now=now)
