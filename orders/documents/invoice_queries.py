"""Reads of requests for tax invoices, and what is late."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, F, Q, QuerySet

from market.accounts.models import User
from market.common.errors import NotFound
from orders.documents.models import InvoiceProfile, TaxInvoice, TaxInvoiceRequest
from orders.documents.models.tax_invoice import TaxInvoiceRequestQuerySet
from orders.documents.states import S


@dataclass(frozen=True)
class Counted:
    """`late`: of those that wait for their seller, how many longer than they should."""

    asked: int
    red_needed: int
    issued: int
    declined: int
    late: int


def whole_requests() -> TaxInvoiceRequestQuerySet:
    """With what a list says of each, and its invoices and events: three statements."""
    rows = TaxInvoiceRequest.objects.select_related("seller_order__purchase__buyer", "enterprise__unit")
    return rows.prefetch_related("invoices", "events")


def longest_waiting_first(rows: QuerySet[TaxInvoiceRequest]) -> QuerySet[TaxInvoiceRequest]:
    """Then what waits for nobody, the newest on top."""
    return rows.order_by(F("due_at").asc(nulls_last=True), "-asked_at", "-pk")


def requests_of(order_ids: Iterable[int]) -> dict[int, TaxInvoiceRequest]:
    """The newest of each seller order. Three statements."""
    rows = whole_requests().filter(seller_order__in=list(order_ids)).order_by("pk")
    return {row.seller_order_id: row for row in rows}


def counted(rows: QuerySet[TaxInvoiceRequest], now: datetime) -> Counted:
    """One statement."""
    states = {name: Count("pk", filter=Q(state=name)) for name in (S.ASKED, S.RED_NEEDED, S.ISSUED, S.DECLINED)}
    found = rows.aggregate(**states, late=Count("pk", filter=Q(due_at__lt=now)))
    return Counted(**{str(name): number for name, number in found.items()})


def request_of(rows: QuerySet[TaxInvoiceRequest], number: str) -> TaxInvoiceRequest:
    """Raises NotFound for one that is not among them."""
    found = rows.filter(number=number).first()
    if found is None:
        raise NotFound()
    return found


def invoice_of(rows: QuerySet[TaxInvoiceRequest], key: int) -> TaxInvoice:
    """Raises NotFound for an invoice of none of these requests."""
    found = TaxInvoice.objects.filter(request__in=rows.order_by(), pk=key).first()
    if found is None:
        raise NotFound()
    return found


def profile_of(buyer: User | None) -> InvoiceProfile | None:
    return InvoiceProfile.objects.filter(buyer=buyer).first() if buyer else None
