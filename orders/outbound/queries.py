"""What was sent, and what came of it."""

from django.db.models import QuerySet

from orders.outbound.models import Delivery, Endpoint


def delivery_log(endpoint: Endpoint) -> QuerySet[Delivery]:
    """Newest first, with message and attempts: two statements however many."""
    rows = Delivery.objects.filter(endpoint=endpoint).select_related("message", "endpoint")
    return rows.prefetch_related("log").order_by("-pk")
