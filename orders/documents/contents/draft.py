"""What a paper is going to say, before it has a number."""

import hashlib
import json
from dataclasses import dataclass

from catalog.lots.models import HarvestLot
from orders.documents.contents.parties import Content
from orders.documents.models.document import Kind
from orders.orders.models import SellerOrder
from orders.quotes.models import EnquiryPart


@dataclass(frozen=True)
class Draft:
    """`content` holds nothing of when it is issued, so that the same facts are the same paper. Of `seller_order`,
    `enquiry_part` and `lot` one is given."""

    kind: Kind
    enterprise_id: int
    subject: str
    language: str
    content: Content
    seller_order: SellerOrder | None = None
    enquiry_part: EnquiryPart | None = None
    lot: HarvestLot | None = None


def content_hash(content: Content) -> str:
    """SHA-256 of canonical JSON: keys sorted, no blanks, UTF-8."""
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
