"""Papers of a purchase and of an enquiry, for their buyer."""

from collections import defaultdict
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from market.common.clock import read_clock
from market.common.errors import MarketError
from market.common.pages import hides_foreign_rows, tell_refusal
from market.storefront.access import my_purchase, my_seller_order
from market.storefront.enquiries import my_enquiry
from market.storefront.visitor import person
from orders.documents.actions.ask_invoice import may_have_invoice
from orders.documents.actions.issue_document import issue_document
from orders.documents.contents.statement import PAID, statement
from orders.documents.hand_out import hand_out_paper, hand_out_scan, show_paper
from orders.documents.invoice_queries import requests_of
from orders.documents.models import AuthorityPaper, Document, TaxInvoiceRequest
from orders.documents.queries import (
    authority_papers_of,
    commitments_with,
    one_of,
    one_scan,
    public_commitment,
    whole_documents,
)
from orders.documents.states import LIVE
from orders.orders.models import SellerOrder


@never_cache
@hides_foreign_rows
def papers(request: HttpRequest, number: str) -> HttpResponse:
    """By seller: what was issued; a statement the buyer may have at any time after paying."""
    purchase = my_purchase(request, number)
    if request.method == "POST":
        _make_statement(request, number, request.POST.get("statement", ""))
        return redirect("storefront:papers", number)
    by_order: dict[int | None, list[Document]] = defaultdict(list)
    for document in whole_documents().filter(seller_order__purchase=purchase):
        by_order[document.seller_order_id].append(document)
    orders = list(purchase.seller_orders.select_related("enterprise", "purchase__channel").order_by("pk"))
    requests, certified = requests_of(order.pk for order in orders), commitments_with(purchase)
    scans = authority_papers_of(orders)
    context = {
        "purchase": purchase,
        "rows": [
            _row(order, by_order[order.pk], requests.get(order.pk))
            | {"certified": certified.get(order.pk, []), "scans": scans.get(order.pk, [])}
            for order in orders
        ],
        "base": reverse("storefront:papers", args=[number]),
        "scan_base": f"{reverse('storefront:order', args=[number])}authority-papers/",
        "invoice_base": f"{reverse('storefront:order', args=[number])}invoices/",
    }
    return render(request, "storefront/papers.html", context)


def _row(order: SellerOrder, papers: list[Document], request: TaxInvoiceRequest | None) -> dict[str, Any]:
    events = list(request.events.all()) if request else []
    return {
        "order": order,
        "papers": papers,
        "may_have_statement": order.state in PAID,
        "request": request,
        "answer": events[-1].reason if events else "",
        "may_ask": (request is None or request.state not in LIVE) and may_have_invoice(order),
    }


def _make_statement(request: HttpRequest, number: str, order_number: str) -> None:
    """The same figures are the same paper; other ones (something was given back) supersede it."""
    order = my_seller_order(request, number, order_number)
    try:
        document = issue_document(
            statement(order), by=person(request), reason=_("asked for again by the buyer"), now=read_clock()
        )
        messages.success(request, _("Issued: %(number)s") % {"number": document.number})
    except MarketError as error:
        tell_refusal(request, error)


@never_cache
@hides_foreign_rows
def paper(request: HttpRequest, number: str, paper: str) -> HttpResponse:
    return show_paper(_of_purchase(request, number, paper), back=reverse("storefront:papers", args=[number]))


@never_cache
@hides_foreign_rows
def paper_file(request: HttpRequest, number: str, paper: str) -> HttpResponse:
    return hand_out_paper(_of_purchase(request, number, paper))


def _of_purchase(request: HttpRequest, number: str, paper: str) -> Document:
    return one_of(whole_documents().filter(seller_order__purchase=my_purchase(request, number)), paper)


@never_cache
@hides_foreign_rows
def scan(request: HttpRequest, number: str, scan_id: int) -> HttpResponse:
    """A paper an authority issued, as the seller handed it in."""
    orders = list(my_purchase(request, number).seller_orders.all())
    return hand_out_scan(one_scan(AuthorityPaper.objects.filter(seller_order__in=orders), scan_id))


@never_cache
@hides_foreign_rows
def enquiry_papers(request: HttpRequest, number: str) -> HttpResponse:
    mine = my_enquiry(request, number)
    context = {
        "enquiry": mine,
        "papers": whole_documents().filter(enquiry_part__enquiry=mine),
        "base": reverse("storefront:enquiry_papers", args=[number]),
    }
    return render(request, "storefront/enquiry_papers.html", context)


@never_cache
@hides_foreign_rows
def enquiry_paper(request: HttpRequest, number: str, paper: str) -> HttpResponse:
    document = _of_enquiry(request, number, paper)
    return show_paper(document, back=reverse("storefront:enquiry_papers", args=[number]))


@never_cache
@hides_foreign_rows
def enquiry_paper_file(request: HttpRequest, number: str, paper: str) -> HttpResponse:
    return hand_out_paper(_of_enquiry(request, number, paper))


def _of_enquiry(request: HttpRequest, number: str, paper: str) -> Document:
    return one_of(whole_documents().filter(enquiry_part__enquiry=my_enquiry(request, number)), paper)


@hides_foreign_rows
def commitment(request: HttpRequest, number: str) -> HttpResponse:
    """A commitment certificate, for everybody: its QR code leads here, and so does the page of the product."""
    document = public_commitment(number)
    assert document.lot is not None
    return show_paper(document, back=reverse("storefront:product_by_number", args=[document.lot.product_id]))
