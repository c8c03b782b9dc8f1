"""Data for the application for a certificate that only an authority issues: plant health, health, origin. Fields:
trade.md, 2.1. It is marked as no certificate on every page."""

from datetime import datetime

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from market.common.errors import IllegalMove, InvalidInput, NotAllowed
from market.common.languages import normal_language
from market.common.quantity import plain
from orders.documents.contents.draft import Draft
from orders.documents.contents.parties import Content, enquiry_of
from orders.documents.contents.proforma import goods_of_line
from orders.documents.gate import judge_enquiry
from orders.documents.models.document import Kind
from orders.quotes.models import EnquiryLine, EnquiryPart


class Purpose(TextChoices):
    PHYTOSANITARY = "phytosanitary", gettext_lazy("phytosanitary certificate")
    HEALTH = "health", gettext_lazy("health certificate")
    ORIGIN = "origin_certificate", gettext_lazy("certificate of origin")


def application(part: EnquiryPart, purpose: str, now: datetime) -> Draft:
    """May be made while evidence is missing, for a certificate is evidence; never when anything is blocked. Raises
    IllegalMove for a part that has not been answered, NotAllowed, InvalidInput, and what `judge_enquiry` raises."""
    if not part.enterprise.is_selling:
        raise NotAllowed()
    if part.state != EnquiryPart.State.ANSWERED:
        raise IllegalMove(current=part.get_state_display(), wanted=Kind.APPLICATION.label)
    if purpose not in Purpose.values:
        raise InvalidInput(fields={"purpose": _("one of the values offered")})
    judge_enquiry(part, now)
    language = normal_language(part.enquiry.language)
    content: Content = {
        "purpose": purpose,
        **enquiry_of(part, language),
        "rows": [_row(line, language) for line in part.lines.select_related("variant__product__origin_unit")],
    }
    return Draft(Kind.APPLICATION, part.enterprise_id, f"{part.number}:{purpose}", language, content, enquiry_part=part)


def _row(line: EnquiryLine, language: str) -> Content:
    gross = max(line.variant.gross_kg, line.net_kg)
    return goods_of_line(line, language) | {"gross_kg": plain(line.quantity * gross)}
