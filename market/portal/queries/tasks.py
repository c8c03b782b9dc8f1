"""What needs doing, counted."""

from dataclasses import dataclass
from datetime import datetime

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
    """Nine statements, whatever the size of the enterprise."""
    counts = tab_counts(enterprise)
    waiting = SellerOrder.objects.for_enterprise(enterprise.pk).filter(state=SellerOrder.State.IN_PROGRESS)
    due = list(
        Deadline.objects.filter(
            kind="order.acceptance", state=Deadline.State.OPEN, subject__in=waiting.values("number")
        )
        .order_by("due_at")
        .values_list("due_at", flat=True)
    )
    return ToDo(
        to_ship=counts["to-ship"],
        in_trouble=counts["needs-you"],
        to_answer=EnquiryPart.objects.for_enterprise(enterprise.pk).filter(state=EnquiryPart.State.OPEN).count(),
        claims=Claim.objects.for_enterprise(enterprise.pk).filter(state=Claim.State.OPEN).count(),
        unanswered_reviews=unanswered_reviews(enterprise.pk).count(),
        unpaid=counts["unpaid"],
        to_correct=_returned_items(enterprise),
        drafts=Product.objects.for_enterprise(enterprise.pk).filter(state=Product.State.DRAFT).count(),
        sold_out=sold_out(enterprise).count(),
        services=Application.objects.for_enterprise(enterprise.pk).filter(state__in=EDITABLE).count(),
        due_acceptance=len(due),
        next_acceptance=due[0] if due else None,
    )


def _returned_items(enterprise: Enterprise) -> int:
    """Returned without named fields still is one thing to do."""
    if enterprise.state != Enterprise.State.RETURNED:
        return 0
    last = enterprise.admission_events.order_by("-pk").first()
    return max(1, len(remarks_of(last)) if last else 1)
