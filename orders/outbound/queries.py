"""What was sent, and what came of it; which endpoints need a person."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from orders.outbound.models import Delivery, Endpoint
from orders.outbound.schedule import TELL_ON_DAYS


def delivery_log(endpoint: Endpoint) -> QuerySet[Delivery]:
    """Newest first, with message and attempts: two statements however many."""
    rows = Delivery.objects.filter(endpoint=endpoint).select_related("message", "endpoint")
    return rows.prefetch_related("log").order_by("-pk")


def troubled_endpoints(enterprise_id: int, now: datetime) -> QuerySet[Endpoint]:
    """Those switched off because nothing arrives any more, and those failing for so long that the owners are told."""
    off = Q(is_active=False, off_reason__in=[Endpoint.Off.GONE, Endpoint.Off.FAILING])
    failing = Q(is_active=True, failing_since__lte=now - timedelta(days=TELL_ON_DAYS[0]))
    return Endpoint.objects.for_enterprise(enterprise_id).filter(off | failing).order_by("created_at", "pk")
