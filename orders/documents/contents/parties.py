"""Who stands on a paper, and the words both sides read: Chinese, and the buyer's language beside it."""

from typing import Any

from market.common.countries import HOME
from market.common.languages import ZH, normal_language
from market.enterprises.models import Enterprise
from orders.orders.models import OrderLine, Purchase
from orders.quotes.models import EnquiryLine, EnquiryPart

Content = dict[str, Any]


def in_both(zh: str, local: str) -> list[str]:
    """The Chinese original first; once where both are the same."""
    return list(dict.fromkeys(text for text in (zh, local) if text))


def seller_of(enterprise: Enterprise, language: str) -> Content:
    """Without its telephone, which is for officers and carriers."""
    return {
        "name": in_both(enterprise.name_zh, enterprise.name_in(language)),
        "credit_code": enterprise.credit_code,
        "address": enterprise.address,
    }


def recipient_of(purchase: Purchase) -> Content:
    """The address as it was typed in the order."""
    country = "" if purchase.country == HOME else purchase.country
    places = (country, purchase.province, purchase.city, purchase.district, purchase.street, purchase.postcode)
    return {
        "name": purchase.recipient,
        "phone": purchase.phone,
        "address": " ".join(filter(None, places)),
        "reference": purchase.buyer_reference,
    }


def enquiry_of(part: EnquiryPart, language: str) -> Content:
    """Who asked whom, and for goods to go where."""
    enquiry = part.enquiry
    return {
        "enquiry": part.number,
        "seller": seller_of(part.enterprise, language),
        "buyer": {"name": enquiry.company, "contact": enquiry.contact, "email": enquiry.email},
        "incoterm": {"rule": enquiry.incoterm, "place": enquiry.named_place, "edition": enquiry.incoterm_edition},
        "destination": enquiry.country,
        "onward": enquiry.onward_country,
        "expected_entry": enquiry.expected_entry.isoformat(),
    }


def goods_name(line: OrderLine | EnquiryLine, language: str) -> list[str]:
    """From the line's own copies."""
    local = {"en": line.product_name_en, "ru": line.product_name_ru}.get(normal_language(language), "")
    return in_both(line.product_name_zh, "" if normal_language(language) == ZH else local)
