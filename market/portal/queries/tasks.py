"""What needs doing, counted."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from catalog.products.models import Product
from market.common.deadlines.models import Deadline
from market.enterprises.items import remarks_of
from market.enterprises.models import Enterprise
from market.portal.queries.orders import tab_counts
from market.portal.queries.products import sold_out
from market.public_services.models import Application
from market.public_services.states import EDITABLE
from orders.claims.models import Claim
from orders.orders.models import SellerOrder
from orders.quotes.models import EnquiryPart
from orders.reviews.queries import unanswered_reviews


@dataclass(frozen=True)
class ToDo:
    """`in_trouble`: orders with a shipment that needs the seller; `claims`: those without an answer; `to_correct`:
    fields an officer returned; `services`: applications to go on with; `next_acceptance`: when the next delivered order
    counts as accepted."""

    to_ship: int
    in_trouble: int
    to_answer: int
    claims: int
    unanswered_reviews: int
    unpaid: int
    to_correct: int
    drafts: int
    sold_out: int
    services: int
    due_acceptance: int
    next_acceptance: datetime | None


def what_needs_doing(enterprise: Enterprise) -> ToDo:
    """Eight statements, whatever the size of the enterprise."""
    counts = tab_counts(enterprise)
    waiting = SellerOrder.objects.for_enterprise(enterprise.pk).filter(state=SellerOrder.State.IN_PROGRESS)
    due = list(
        Deadline.objects.filter(
            kind="order.acceptance", state=Deadline.State.OPEN, subject__in=waiting.values("number")
        )
        .order_by("due_at")
        .values_list("due_at", flat=True)
    )
    drafts, services = _begun(enterprise)
    return ToDo(
        to_ship=counts["to-ship"],
        in_trouble=counts["needs-you"],
        to_answer=EnquiryPart.objects.for_enterprise(enterprise.pk).filter(state=EnquiryPart.State.OPEN).count(),
        claims=Claim.objects.for_enterprise(enterprise.pk).filter(state=Claim.State.OPEN).count(),
        unanswered_reviews=unanswered_reviews(enterprise.pk).count(),
        unpaid=counts["unpaid"],
        to_correct=_returned_items(enterprise),
        drafts=drafts,
        sold_out=sold_out(enterprise).count(),
        services=services,
        due_acceptance=len(due),
        next_acceptance=due[0] if due else None,
    )


def _begun(enterprise: Enterprise) -> tuple[int, int]:
    """Draft products, and applications for services that are not handed in (again). One statement."""
    products = Product.objects.filter(enterprise=OuterRef("pk"), state=Product.State.DRAFT)
    services = Application.objects.filter(enterprise=OuterRef("pk"), state__in=EDITABLE)
    row = Enterprise.objects.values_list(_counted(products), _counted(services)).get(pk=enterprise.pk)
    return row[0], row[1]


def _counted(rows: QuerySet[Any]) -> Coalesce:
    counted = rows.order_by().values("enterprise").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)


def _returned_items(enterprise: Enterprise) -> int:
    """Returned without named fields still is one thing to do."""
    if enterprise.state != Enterprise.State.RETURNED:
        return 0
    last = enterprise.admission_events.order_by("-pk").first()
    return max(1, len(remarks_of(last)) if last else 1)
