"""Shipments, orders and enquiries that papers are about."""

from datetime import date
from decimal import Decimal

from market.accounts.models import User
from orders.documents.actions.keep_authority_paper import IssuedPaper, keep_authority_paper
from orders.documents.contents.proforma import Quote
from orders.documents.models import AuthorityPaper
from orders.orders.models import SellerOrder
from orders.quotes.actions.answer_enquiry import answer_enquiry
from orders.quotes.models import EnquiryPart
from orders.shipments.models import Shipment
from tests.builders import NOW, make_enquiry_of, make_member, make_variant
from tests.orders.claims import make_paid, send

QUOTE = Quote(date(2026, 12, 31), "30 % in advance, 70 % against copies of the papers")


def make_shipment(order: SellerOrder | None = None) -> Shipment:
    """Of 40 boxes of 5 kg at 25.00, unless told otherwise."""
    shipment = send(order or make_paid())
    return Shipment.objects.select_related("seller_order__purchase", "seller_order__enterprise").get(pk=shipment.pk)


def make_answered(price: str = "5.00") -> EnquiryPart:
    """Almaty asks for one box of 5 kg, listed per kg; the seller has answered."""
    enquiry = make_enquiry_of(make_variant(on_hand=10))
    part = enquiry.parts.get()
    answer_enquiry(part, by=make_member(part.enterprise, "sales"), message="Yes, in January.", now=NOW)
    return EnquiryPart.objects.select_related("enquiry", "enterprise").get(pk=part.pk)


def quoted(part: EnquiryPart, price: str) -> Quote:
    return Quote(QUOTE.valid_until, QUOTE.terms, {line.pk: Decimal(price) for line in part.lines.all()})


PAPER = IssuedPaper(
    kind="phytosanitary",
    number="PC-2026-1",
    issuer="示范海关",
    issued_on=date(2026, 11, 20),
    valid_to=date(2027, 2, 1),
    link="https://example.org/check/1",
    raw=b"%PDF-1.7 scan",
)


def keep_scan(order: SellerOrder, paper: IssuedPaper = PAPER, *, by: User | None = None) -> AuthorityPaper:
    return keep_authority_paper(order, paper, by=by or make_member(order.enterprise, "sales"), now=NOW)
