"""Papers of an order and of an enquiry: what was issued, and issuing one."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from market.common.clock import read_clock
from market.common.errors import MarketError, NotFound
from market.common.pages import put_errors, tell_refusal
from market.enterprises.models import Enterprise
from market.enterprises.roles import Right
from market.portal.forms.papers import ProformaForm
from market.portal.queries.orders import own_order
from market.portal.seat import Seat, show, staff
from orders.documents.actions.issue_document import issue_document
from orders.documents.contents.application import Purpose, application
from orders.documents.contents.delivery_note import delivery_note
from orders.documents.contents.proforma import proforma
from orders.documents.contents.statement import PAID, statement
from orders.documents.hand_out import hand_out_paper, show_paper
from orders.documents.invoice_queries import requests_of
from orders.documents.models import Document
from orders.documents.models.document import DocumentQuerySet
from orders.documents.queries import one_of, whole_documents
from orders.orders.models import SellerOrder
from orders.quotes.models import EnquiryPart
from orders.quotes.queries import parts_for_enterprise


@staff()
def order_papers(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """What was issued, and a button for each shipment and the statement. Who packs issues delivery notes, who speaks
    with buyers statements."""
    order = own_order(seat.enterprise, number)
    if request.method == "POST":
        _issue(request, seat, order)
        return redirect("portal:order_papers", number)
    papers = list(_papers_of(seat.enterprise).filter(seller_order=order))
    noted = {paper.subject for paper in papers}
    context = {
        "order": order,
        "papers": papers,
        "base": reverse("portal:order_papers", args=[number]),
        "shipments": [(shipment, shipment.number in noted) for shipment in order.shipments.order_by("pk")],
        "has_statement": order.number in noted,
        "is_paid": order.state in PAID,
        "invoice": requests_of([order.pk]).get(order.pk),
    }
    return show(request, seat, "order_papers", _("Papers of order %(number)s") % {"number": number}, context)


def _issue(request: HttpRequest, seat: Seat, order: SellerOrder) -> None:
    wanted, reason = request.POST.get("issue", ""), request.POST.get("reason", "").replace("\0", "")
    if not seat.may(Right.TRADE if wanted == order.number else Right.SHIP):
        raise PermissionDenied
    try:
        if wanted == order.number:
            draft = statement(order)
        else:
            shipments = order.shipments.select_related("seller_order__purchase", "seller_order__enterprise")
            shipment = shipments.filter(number=wanted).first()
            if shipment is None:
                raise NotFound()
            draft = delivery_note(shipment)
        document = issue_document(draft, by=seat.person, reason=reason, now=read_clock())
        messages.success(request, _("Issued: %(number)s") % {"number": document.number})
    except NotFound:
        raise
    except MarketError as error:
        tell_refusal(request, error)


@staff(Right.TRADE)
def enquiry_papers(request: HttpRequest, seat: Seat, number: str) -> HttpResponse:
    """Proforma invoices of an answered part, and the form of the next one."""
    part = parts_for_enterprise(seat.enterprise.pk).filter(number=number).first()
    if part is None:
        raise NotFound()
    if purpose := request.POST.get("application", ""):
        return _make_application(request, seat, part, purpose)
    lines = list(part.lines.all())
    form = ProformaForm(lines, part.enquiry.currency, request.POST or None)
    if request.method == "POST" and form.is_valid():
        now = read_clock()
        try:
            draft = proforma(part, form.quote(), now)
            document = issue_document(draft, by=seat.person, reason=form.cleaned_data["reason"], now=now)
            messages.success(request, _("Issued: %(number)s") % {"number": document.number})
            return redirect("portal:enquiry_papers", number)
        except MarketError as error:
            put_errors(form, error)
    context = {
        "part": part,
        "lines": lines,
        "form": form,
        "papers": _papers_of(seat.enterprise).filter(enquiry_part=part),
        "purposes": Purpose.choices,
        "base": reverse("portal:enquiry_papers", args=[number]),
        "may_issue": part.state == EnquiryPart.State.ANSWERED and seat.may(Right.TRADE),
    }
    return show(request, seat, "enquiry_papers", _("Papers of enquiry %(number)s") % {"number": number}, context)


def _make_application(request: HttpRequest, seat: Seat, part: EnquiryPart, purpose: str) -> HttpResponse:
    now = read_clock()
    try:
        document = issue_document(
            application(part, purpose, now), by=seat.person, reason=_("the facts have changed"), now=now
        )
        messages.success(request, _("Issued: %(number)s") % {"number": document.number})
    except MarketError as error:
        tell_refusal(request, error)
    return redirect("portal:enquiry_papers", part.number)


@staff()
def order_paper(request: HttpRequest, seat: Seat, number: str, paper: str) -> HttpResponse:
    document = _of_order(seat, number, paper)
    return show_paper(document, back=reverse("portal:order_papers", args=[number]))


@staff()
def order_paper_file(request: HttpRequest, seat: Seat, number: str, paper: str) -> HttpResponse:
    return hand_out_paper(_of_order(seat, number, paper))


@staff()
def enquiry_paper(request: HttpRequest, seat: Seat, number: str, paper: str) -> HttpResponse:
    document = _of_enquiry(seat, number, paper)
    return show_paper(document, back=reverse("portal:enquiry_papers", args=[number]))


@staff()
def enquiry_paper_file(request: HttpRequest, seat: Seat, number: str, paper: str) -> HttpResponse:
    return hand_out_paper(_of_enquiry(seat, number, paper))


def _of_order(seat: Seat, number: str, paper: str) -> Document:
    return one_of(_papers_of(seat.enterprise).filter(seller_order__number=number), paper)


def _of_enquiry(seat: Seat, number: str, paper: str) -> Document:
    return one_of(_papers_of(seat.enterprise).filter(enquiry_part__number=number), paper)


def _papers_of(enterprise: Enterprise) -> DocumentQuerySet:
    return whole_documents().for_enterprise(enterprise.pk)
