"""What a proforma invoice of an answered enquiry says: an offer in writing, on which nothing is paid or reserved.
Fields: trade.md, 2.1 and 2.2."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.lots.models import HarvestLot
from market.common.errors import IllegalMove, InvalidInput, NotAllowed
from market.common.languages import normal_language
from market.common.money import round_amount
from market.common.quantity import plain
from orders.documents.contents.draft import Draft
from orders.documents.contents.parties import Content, enquiry_of, goods_name
from orders.documents.gate import judge_enquiry
from orders.documents.models.document import Kind
from orders.quotes.models import EnquiryLine, EnquiryPart

LONGEST_TERMS = 200


@dataclass(frozen=True)
class Quote:
    """What the seller offers, in the enquiry's currency. `prices`: id of a line -> price of one unit; a line without
    one keeps the listed price. `freight`, `insurance`: for all of it, 0 where the term leaves them to the buyer."""

    valid_until: date
    terms: str
    prices: Mapping[int, Decimal] = field(default_factory=dict)
    freight: Decimal = Decimal(0)
    insurance: Decimal = Decimal(0)


def proforma(part: EnquiryPart, quote: Quote, now: datetime) -> Draft:
    """Origin, HS code and quantities are the enquiry's own copies, which nobody can edit; lots are those that lie open
    today. Raises IllegalMove for a part that has not been answered, NotAllowed for a firm that may not sell (any more),
    InvalidInput, and what `judge_enquiry` raises."""
    if not part.enterprise.is_selling:
        raise NotAllowed()
    if part.state != EnquiryPart.State.ANSWERED:
        raise IllegalMove(current=part.get_state_display(), wanted=Kind.PROFORMA.label)
    _check(quote, now)
    missing = judge_enquiry(part, now)
    enquiry = part.enquiry
    language = normal_language(enquiry.language)
    lines = list(part.lines.select_related("variant__product__origin_unit"))
    rows = [_row(line, quote, enquiry.currency, language) for line in lines]
    total = sum((Decimal(str(row["total"])) for row in rows), Decimal(0))
    content: Content = {
        "asked_at": enquiry.created_at.isoformat(),
        "currency": enquiry.currency,
        **enquiry_of(part, language),
        "valid_until": quote.valid_until.isoformat(),
        "terms": quote.terms.strip(),
        "rows": rows,
        "net_kg": plain(sum((line.quantity * line.net_kg for line in lines), Decimal(0))),
        "goods_total": plain(total),
        "freight": plain(quote.freight),
        "insurance": plain(quote.insurance),
        "total": plain(total + quote.freight + quote.insurance),
        "missing_evidence": missing,
    }
    return Draft(Kind.PROFORMA, part.enterprise_id, part.number, language, content, enquiry_part=part)


def _check(quote: Quote, now: datetime) -> None:
    fields = {}
    if quote.valid_until <= timezone.localdate(now):
        fields["valid_until"] = _("a day after today")
    if not quote.terms.strip() or len(quote.terms) > LONGEST_TERMS:
        fields["terms"] = _("how it is to be paid, in at most %(most)s characters") % {"most": LONGEST_TERMS}
    if any(amount < 0 for amount in (quote.freight, quote.insurance)) or any(p <= 0 for p in quote.prices.values()):
        fields["prices"] = _("prices above zero")
    if fields:
        raise InvalidInput(fields=fields)


def _row(line: EnquiryLine, quote: Quote, currency: str, language: str) -> Content:
    price = quote.prices.get(line.pk, line.unit_price)
    return goods_of_line(line, language) | {
        "unit_price": plain(price),
        "total": plain(round_amount(price * line.quantity, currency)),
    }


def goods_of_line(line: EnquiryLine, language: str) -> Content:
    """What any paper about an enquiry says of its goods: the line's own copies, and the lots that lie open today."""
    product = line.variant.product
    lots = HarvestLot.objects.filter(product=product, state=HarvestLot.State.OPEN, stock__on_hand__gt=0)
    return {
        "goods": goods_name(line, language),
        "sku": line.sku,
        "hs": line.hs_code,
        "hs_edition": product.hs_edition,
        "origin": {
            "country": line.origin_country,
            "subdivision": line.origin_subdivision,
            "place": product.origin_unit.name_zh,
        },
        "lots": sorted(set(lots.values_list("number", flat=True))),
        "quantity": plain(line.quantity),
        "unit": line.unit,
        "net_kg": plain(line.quantity * line.net_kg),
    }
