"""For load balancers: is the process alive, and can it do its work."""

from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from market.common.clock import read_clock
from market.common.outbox.models import OutboxEvent

MAX_LAG = timedelta(minutes=2)


def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    problems = find_problems(read_clock())
    return JsonResponse({"ready": not problems, "problems": problems}, status=503 if problems else 200)


def find_problems(now: datetime) -> dict[str, str]:
    """Part -> reason. The index is behind when a product change waits; the worker when anything else does."""
    try:
        connection.ensure_connection()
        late = set(
            OutboxEvent.objects.filter(done_at__isnull=True, dead_at__isnull=True, due_at__lt=now - MAX_LAG)
            .values_list("topic", flat=True)
            .distinct()
        )
    except DatabaseError:
        return {"database": "does not answer"}
    problems = {}
    if "product.changed" in late:
        problems["index"] = f"product changes wait for more than {MAX_LAG.seconds} seconds"
    if late - {"product.changed"}:
        problems["worker"] = f"events wait for more than {MAX_LAG.seconds} seconds"
    return problems
