"""Export: the countries that are open, and enquiries. A guest holds secrets, a program a key; others see 404."""

from datetime import date
from typing import Any
from uuid import UUID

from django.http import HttpRequest
from ninja import Router, Schema, Status

from market.api.access import caller, seller_of
from market.api.buying import cart_of
from market.api.enquiry_answers import EnquiryMade, EnquirySeen, OpenDestinations, PartsForSeller
from market.api.paging import page_after
from market.common.clock import read_clock
from market.common.countries import country_name
from market.common.languages import normal_language
from market.common.quantity import plain
from market.compliance.queries import open_destinations
from orders.quotes.actions.make_enquiry import Wish, enquiry_token, make_enquiry
from orders.quotes.models import EnquiryPart
from orders.quotes.queries import find_enquiry, parts_for_enterprise
from orders.quotes.states import state_of

router = Router(tags=["export"])
PAGE = 24


class EnquiryIn(Schema):
    company: str
    contact: str
    email: str
    country: str
    onward_country: str
    incoterm: str
    named_place: str
    message: str = ""
    expected_entry: date | None = None
    language: str = "en"


@router.get("/destinations", url_name="destinations", response=OpenDestinations)
def destinations(request: HttpRequest, lang: str = "zh-hans") -> dict[str, Any]:
    """Countries our compliance office has opened, with the HS prefixes they are open for (none: all goods). Every other
    country is closed. An open country is not a licence: each line is judged when somebody asks."""
    language = normal_language(lang)
    return {
        "items": [
            {"country": code, "name": country_name(code, language), "hs_prefixes": prefixes}
            for code, prefixes in sorted(open_destinations().scopes.items())
        ]
    }


@router.post("/carts/{uuid:cart_id}/enquiry", url_name="enquiry", response={201: EnquiryMade})
def post_enquiry(request: HttpRequest, cart_id: UUID, body: EnquiryIn) -> Status[dict[str, Any]]:
    """Not binding, no money taken. The same cart again gives the same enquiry."""
    cart = cart_of(request, cart_id)
    wish = Wish(**body.dict(exclude={"language"}))
    made = make_enquiry(cart, wish, buyer=caller(request), language=body.language, now=read_clock())
    return Status(
        201,
        {
            "number": made.enquiry.number,
            "access_token": enquiry_token(cart.pk),
            "parts": [{"number": part.number, "state": part.state} for part in made.parts],
        },
    )


@router.get("/enquiries/{number}", url_name="enquiry_detail", response=EnquirySeen, by_alias=True)
def show_enquiry(request: HttpRequest, number: str) -> dict[str, Any]:
    token = request.headers.get("X-Enquiry-Token", "")
    enquiry = find_enquiry(number, token=token, user=None if token else caller(request))
    parts = list(enquiry.parts.all())
    return {
        "number": enquiry.number,
        "state": state_of(parts),
        "currency": enquiry.currency,
        "country": enquiry.country,
        "onward_country": enquiry.onward_country,
        "expected_entry": enquiry.expected_entry,
        "incoterm": f"{enquiry.incoterm} {enquiry.named_place}, Incoterms {enquiry.incoterm_edition}",
        "created_at": enquiry.created_at,
        "parts": [_part(part) | {"seller": part.enterprise.name} for part in parts],
    }


def _part(part: EnquiryPart) -> dict[str, Any]:
    return {
        "number": part.number,
        "state": part.state,
        "lines": [
            {
                "variant": line.variant_id,
                "sku": line.sku,
                "quantity": plain(line.quantity),
                "unit": line.unit,
                "listed_unit_price": plain(line.unit_price),
            }
            for line in part.lines.all()
        ],
        "messages": [
            {"from": "seller" if event.by_seller else "buyer", "text": event.message, "at": event.at}
            for event in part.events.all()
            if event.message
        ],
    }


@router.get("/seller/enquiries", url_name="seller_enquiries", response=PartsForSeller, by_alias=True)
def list_enquiries(request: HttpRequest, cursor: str = "") -> dict[str, Any]:
    """The enterprise's own parts, newest first, with who asks and the evidence each line still needs."""
    _user, enterprise = seller_of(request, "orders:read", read_clock())
    page, more = page_after(parts_for_enterprise(enterprise.pk), cursor, PAGE)
    return {"items": [_for_seller(part) for part in page], "next": more}


def _for_seller(part: EnquiryPart) -> dict[str, Any]:
    enquiry = part.enquiry
    evidence = sorted({kind for line in part.lines.all() for kind in line.decision.missing_evidence})
    return _part(part) | {
        "company": enquiry.company,
        "contact": enquiry.contact,
        "email": enquiry.email,
        "country": enquiry.country,
        "onward_country": enquiry.onward_country,
        "incoterm": enquiry.incoterm,
        "named_place": enquiry.named_place,
        "expected_entry": enquiry.expected_entry,
        "currency": enquiry.currency,
        "missing_evidence": evidence,
    }
