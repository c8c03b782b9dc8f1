"""What people searched and did not find, the most frequent first."""

from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet, Sum
from django.db.models.functions import Coalesce

from search.products.models import QueryLog

DAYS = 30


def searches_in_vain(today: date, *, only_without_hits: bool = False) -> QuerySet[QueryLog, Any]:
    """Rows of `text`, `asked`, `missed`, `poor` over the last month, over all channels. Texts officers
    have taught search meanwhile stay until nobody misses them any more."""
    rows = QueryLog.objects.filter(day__gt=today - timedelta(days=DAYS)).values("text")
    counted = rows.annotate(
        asked=Sum("searches"), missed=Sum("without_hits"), poor=Coalesce(Sum("few_hits"), 0)
    ).order_by("-missed", "-poor", "text")
    return counted.filter(missed__gt=0) if only_without_hits else counted.exclude(missed=0, poor=0)
