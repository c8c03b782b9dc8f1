"""For load balancers: is the process alive, and can it do its work."""

from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse

from market.common.clock import read_clock
from market.common.outbox.models import OutboxEvent
from search.products.actions.check_index import dead_changes, oldest_change
from search.products.engine import search_desk

MAX_LAG = timedelta(minutes=2)


def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok", content_type="text/plain")


def readyz(request: HttpRequest) -> JsonResponse:
    """Not ready (503): database, or changes and events that wait too long. A search index that is away is told as
    `degraded` and answers 200: the database finds goods meanwhile, and no other process would do better. `index`, for
    who draws curves: seconds the oldest change waits to come into the index, and changes given up."""
    now = read_clock()
    problems = find_problems(now)
    degraded = {} if "database" in problems else find_degraded()
    index = {} if "database" in problems else measure_index(now)
    body = {"ready": not problems, "problems": problems, "degraded": degraded, "index": index}
    return JsonResponse(body, status=503 if problems else 200)


def measure_index(now: datetime) -> dict[str, float]:
    oldest = oldest_change(now)
    lag = (now - oldest.created_at).total_seconds() if oldest else 0.0
    return {"lag_seconds": round(lag, 1), "given_up": dead_changes().count()}


def find_degraded() -> dict[str, str]:
    """Part -> what is wrong with it while something else stands in."""
    desk = search_desk()
    health = desk.health()
    if health.problem:
        return {"search": f"{desk.main.code}: {health.problem}"}
    return {"search": f"{desk.main.code}: left alone after failures"} if desk.guarded.breaker.is_open else {}


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
