"""Reads of papers."""

from market.common.errors import NotFound
from orders.documents.models import Document
from orders.documents.models.document import DocumentQuerySet


def whole_documents() -> DocumentQuerySet:
    """With what a list says of each, the newest first."""
    rows = Document.objects.select_related("rendering", "successor", "supersedes", "issued_by", "seller_order")
    return rows.order_by("-issued_at", "-pk")


def one_of(rows: DocumentQuerySet, number: str) -> Document:
    """Raises NotFound for one that is not among them."""
    found = rows.filter(number=number).first()
    if found is None:
        raise NotFound()
    return found
