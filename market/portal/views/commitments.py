"""Commitment certificates 承诺达标合格证 of a lot: what was issued, and the form of the next one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from catalog.lots.models import HarvestLot
from market.common.clock import read_clock
from market.common.errors import MarketError
from market.common.pages import put_errors
from market.enterprises.roles import Right
from market.portal.forms.commitment import CommitmentForm
from market.portal.queries.stock import own_lot
from market.portal.seat import Seat, show, staff
from orders.documents.actions.issue_document import issue_document
from orders.documents.contents.commitment import commitment as commitment_draft
from orders.documents.contents.commitment import is_obliged
from orders.documents.hand_out import hand_out_paper, show_paper
from orders.documents.models import Document
from orders.documents.queries import one_of, whole_documents


@staff(Right.STOCK)
def commitment(request: HttpRequest, seat: Seat, lot_id: int) -> HttpResponse:
    lot = own_lot(seat.enterprise, lot_id)
    firm = seat.enterprise
    known = {"contact": firm.contact_name, "phone": firm.contact_phone}
    form = CommitmentForm(request.POST or None, initial=known)
    if request.method == "POST" and form.is_valid():
        try:
            draft, reason = commitment_draft(lot, form.commitment()), form.cleaned_data["reason"]
            document = issue_document(draft, by=seat.person, reason=reason, now=read_clock())
            messages.success(request, _("Issued: %(number)s") % {"number": document.number})
            return redirect("portal:commitment", lot_id)
        except MarketError as error:
            put_errors(form, error)
    context = {
        "lot": lot,
        "form": form,
        "papers": whole_documents().for_enterprise(firm.pk).filter(lot=lot),
        "base": reverse("portal:commitment", args=[lot_id]),
        "is_obliged": is_obliged(lot.product),
        "may_issue": lot.state == HarvestLot.State.OPEN and seat.may(Right.STOCK),
    }
    title = _("Commitment certificate of lot %(number)s") % {"number": lot.number}
    return show(request, seat, "commitment", title, context)


@staff()
def commitment_paper(request: HttpRequest, seat: Seat, lot_id: int, paper: str) -> HttpResponse:
    return show_paper(_own(seat, lot_id, paper), back=reverse("portal:commitment", args=[lot_id]))


@staff()
def commitment_file(request: HttpRequest, seat: Seat, lot_id: int, paper: str) -> HttpResponse:
    return hand_out_paper(_own(seat, lot_id, paper))


def _own(seat: Seat, lot_id: int, paper: str) -> Document:
    return one_of(whole_documents().for_enterprise(seat.enterprise.pk).filter(lot=lot_id), paper)
