"""Reads of papers."""

from collections import defaultdict
from collections.abc import Iterable

from catalog.lots.models import HarvestLot
from market.common.errors import NotFound
from orders.documents.models import AuthorityPaper, Document
from orders.documents.models.authority_paper import AuthorityPaperQuerySet
from orders.documents.models.document import DocumentQuerySet, Kind
from orders.orders.models import Purchase, SellerOrder
from orders.shipments.models import ShipmentLine


def whole_documents() -> DocumentQuerySet:
    """With what a list says of each, the newest first."""
    rows = Document.objects.select_related("rendering", "successor", "supersedes", "issued_by", "seller_order", "lot")
    return rows.order_by("-issued_at", "-pk")


def one_of(rows: DocumentQuerySet, number: str) -> Document:
    """Raises NotFound for one that is not among them."""
    found = rows.filter(number=number).first()
    if found is None:
        raise NotFound()
    return found


def commitments_of(lots: Iterable[HarvestLot]) -> dict[int, Document]:
    """By lot: the commitment certificate that stands for it now. One statement."""
    rows = whole_documents().filter(kind=Kind.COMMITMENT, lot__in=list(lots), successor=None)
    return {row.lot_id: row for row in rows if row.lot_id is not None}


def commitments_with(purchase: Purchase) -> dict[int, list[Document]]:
    """By seller order: the certificates that stand now for the lots it was packed from. Two statements."""
    packed = ShipmentLine.objects.filter(shipment__seller_order__purchase=purchase)
    lots: dict[int, set[int]] = defaultdict(set)
    for order, lot in packed.values_list("shipment__seller_order", "lot"):
        lots[order].add(lot)
    found = whole_documents().filter(kind=Kind.COMMITMENT, lot__in=set().union(*lots.values()), successor=None)
    by_lot = {row.lot_id: row for row in found}
    return {order: [by_lot[lot] for lot in sorted(those) if lot in by_lot] for order, those in lots.items()}


def public_commitment(number: str) -> Document:
    """Everybody may read one. Raises NotFound for any other paper."""
    return one_of(whole_documents().filter(kind=Kind.COMMITMENT), number)


def authority_papers_of(orders: Iterable[SellerOrder]) -> dict[int, list[AuthorityPaper]]:
    """By seller order, also those taken back. One statement."""
    found: dict[int, list[AuthorityPaper]] = defaultdict(list)
    for row in AuthorityPaper.objects.filter(seller_order__in=list(orders)):
        found[row.seller_order_id].append(row)
    return found


def one_scan(rows: AuthorityPaperQuerySet, key: int) -> AuthorityPaper:
    """Raises NotFound for one that is not among them."""
    found = rows.filter(pk=key).first()
    if found is None:
        raise NotFound()
    return found
