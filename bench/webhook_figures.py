"""Row 9 of the targets and the service levels of incoming webhooks (docs/performance.md, section "Webhooks").

The posts are signed in this process while it sends, as a partner would; the server under load is one of its own.
"""

import base64
import hashlib
import hmac
import http.client
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from uuid import uuid4

from bench.database import ROOT, BenchDatabase
from bench.processes import FLOOR, PRODUCT, Caller, Server
from bench.ratio import Count, Figure, compare
from bench.stage import Stage
from bench.waybills import make_waybills

Request = tuple[str, str, bytes, Mapping[str, str]]
BLOCK = 200
PER_SECOND, SECONDS = 200, float(os.environ.get("BENCH_WEBHOOK_SECONDS", "60"))
BURST, COPIES, FORGED_PER_SECOND, FORGED_SECONDS = 10_000, 1_000, 500, 10
SENDERS, SHIPMENTS = 16, 1_000
STATISTICS_LATE = 11.0  # seconds: an idle backend of PostgreSQL hands its counters in after ten
# p50, p99, p99.9 in milliseconds
LEVELS = ((0.5, 10.0), (0.99, 100.0), (0.999, 500.0))


@dataclass(frozen=True)
class Partner:
    """An endpoint and its secret, as `create_endpoint` shows them."""

    path: str
    secret: str

    def request(self, body: bytes, identifier: str = "", *, forged: bool = False) -> Request:
        identifier, stamp = identifier or f"msg_{uuid4().hex}", str(int(time.time()))
        key = b"x" * 32 if forged else base64.b64decode(self.secret.removeprefix("whsec_"))
        digest = hmac.digest(key, f"{identifier}.{stamp}.".encode() + body, hashlib.sha256)
        headers = {
            "Content-Type": "application/json",
            "webhook-id": identifier,
            "webhook-timestamp": stamp,
            "webhook-signature": f"v1,{base64.b64encode(digest).decode()}",
        }
        return "POST", self.path, body, headers


def make_partner() -> Partner:
    from market.common.clock import read_clock
    from orders.inbox.actions import create_endpoint

    endpoint, secret = create_endpoint("standard", "bench", now=read_clock())
    return Partner(f"/hooks/{endpoint.pk}/", secret)


def body_of(number: str, size: int = 4096) -> bytes:
    """A message of about 4 kB on one shipment: a whole history of scans."""
    events: list[dict[str, str]] = []
    while len(json.dumps(events)) < size - 200:
        day = len(events)
        at = f"2026-11-{1 + day // 24:02}T{day % 24:02}:00:00Z"
        events.append({"id": f"{number}-{day}", "occurred_at": at, "status": "in_transit", "place": "Aral depot"})
    message = {"type": "shipment.updated", "timestamp": "2026-11-20T00:00:00Z"}
    return json.dumps(message | {"data": {"tracking_number": number, "events": events}}).encode()


def webhooks(stage: Stage) -> list[Figure | Count]:
    partner = make_partner()
    found = [_cost(stage, partner)]
    server = Server(PRODUCT, stage.database.environment, workers=2, threads=4)
    try:
        found.append(_steady(stage.database, server, partner))
        found.append(_copies(stage.database, server, partner))
        found.append(_forged(stage.database, server, partner))
        found.append(_burst(stage.database, server, partner))
    finally:
        server.stop()
    return found


def _cost(stage: Stage, partner: Partner) -> Figure | Count:
    body = body_of("BENCH-COST", 1000)

    def requests() -> Iterator[Request]:
        for _ in range(BLOCK):
            yield partner.request(body)

    method, path, sent, headers = partner.request(body)
    return compare(
        "webhook: verify, deduplicate, store, answer",
        stage.send(requests),
        stage.floor_get("/insert"),
        target=1.5,
        sql=stage.statements(method, path, sent, headers),
        sql_target=2,
    )


def _steady(database: BenchDatabase, server: Server, partner: Partner) -> Count:
    """Beside it the barest insert at the same pace: how much of the waiting is the machine's, its disk above all."""
    body = body_of("BENCH-STEADY")
    floor = Server(FLOOR, database.floor_environment(), workers=2, threads=4)
    try:
        bare, _ = _paced(floor, lambda: ("GET", "/insert", b"", {}))
    finally:
        floor.stop()
    waits, statuses = _paced(server, lambda: partner.request(body))
    total, reached = len(waits), _at_levels(waits)
    return Count(
        f"webhooks: {PER_SECOND} signed 4 kB posts a second for {SECONDS:g} s",
        "p50 {:.1f}, p99 {:.1f}, p99.9 {:.1f} ms; ".format(*reached) + f"{statuses.count(202)} of {total} stored",
        "10, 100, 500 ms; all",
        statuses.count(202) == total and all(wait <= limit for wait, (_, limit) in zip(reached, LEVELS, strict=True)),
        note="the insert floor just before: p50 {:.1f}, p99 {:.1f}, p99.9 {:.1f} ms".format(*_at_levels(bare)),
    )


def _paced(server: Server, make: Callable[[], Request]) -> tuple[list[float], list[int]]:
    """So many requests a second, each at its own moment, whatever the answers take: lateness of the sender counts too.
    Waits in milliseconds, shortest first, and statuses."""
    total = int(PER_SECOND * SECONDS)
    began = time.perf_counter() + 0.5
    waits, statuses = [0.0] * total, [0] * total

    def send(number: int, caller: "Sender") -> None:
        due = began + number / PER_SECOND
        time.sleep(max(0.0, due - time.perf_counter()))
        statuses[number] = caller.call(*make())
        waits[number] = (time.perf_counter() - due) * 1000

    _spread(server, total, send)
    return sorted(waits), statuses


def _at_levels(waits: list[float]) -> list[float]:
    return [waits[min(int(len(waits) * share), len(waits) - 1)] for share, _limit in LEVELS]


def _copies(database: BenchDatabase, server: Server, partner: Partner) -> Count:
    identifier, body = f"msg_{uuid4().hex}", body_of("BENCH-COPY", 1000)
    statuses = [0] * COPIES

    def send(number: int, caller: "Sender") -> None:
        statuses[number] = caller.call(*partner.request(body, identifier))

    _spread(server, COPIES, send)
    rows = _events(key=identifier)
    text = f"{rows} row; {statuses.count(202)} of {COPIES} answered 202"
    return Count(
        f"webhooks: {COPIES} copies of one event", text, "1 row, all 202", rows == 1 and set(statuses) == {202}
    )


def _forged(database: BenchDatabase, server: Server, partner: Partner) -> Count:
    """Bad signatures, as fast as said, and rows written meanwhile, counted by the database itself."""
    body = body_of("BENCH-FORGED", 1000)
    total = FORGED_PER_SECOND * FORGED_SECONDS
    statuses = [0] * total
    time.sleep(STATISTICS_LATE)  # or what the figures before wrote would count
    before, began = _written(database), time.perf_counter()

    def send(number: int, caller: "Sender") -> None:
        time.sleep(max(0.0, began + number / FORGED_PER_SECOND - time.perf_counter()))
        statuses[number] = caller.call(*partner.request(body, forged=True))

    _spread(server, total, send)
    spent = time.perf_counter() - began
    time.sleep(STATISTICS_LATE)
    rows = _written(database) - before
    refused = statuses.count(401) + statuses.count(429)
    return Count(
        f"webhooks: {FORGED_PER_SECOND} forged posts a second for {FORGED_SECONDS} s",
        f"{rows} rows written; {refused} of {total} refused, {total / spent:.0f} a second",
        "0 rows, all refused",
        rows == 0 and refused == total,
    )


def _burst(database: BenchDatabase, server: Server, partner: Partner) -> Count:
    """Ten thousand events as fast as they can be sent, on shipments that are there, with a worker beside."""
    numbers = make_waybills(SHIPMENTS)
    _empty_inbox()
    run, statuses = uuid4().hex[:8], [0] * BURST
    worker = subprocess.Popen([sys.executable, "manage.py", "worker"], cwd=ROOT, env=database.environment)
    began = time.perf_counter()

    def send(number: int, caller: "Sender") -> None:
        waybill = numbers[number % len(numbers)]
        event = {"id": f"{run}-{number}", "occurred_at": _moment(number), "status": "in_transit"}
        body = json.dumps(
            {"type": "shipment.updated", "data": {"tracking_number": waybill, "events": [event]}}
        ).encode()
        statuses[number] = caller.call(*partner.request(body))

    try:
        _spread(server, BURST, send)
        sent = time.perf_counter() - began
        while _events(state="open", key__startswith="msg_", endpoint_id=partner.path.split("/")[2]) and (
            time.perf_counter() - began < 600
        ):
            time.sleep(0.5)
        spent = time.perf_counter() - began
    finally:
        worker.terminate()
        worker.wait(timeout=60)
    wrong = sum(status >= 500 or status == 0 for status in statuses)
    return Count(
        f"webhooks: a burst of {BURST} events on {len(numbers)} shipments",
        f"sent in {sent:.0f} s, processed in {spent:.0f} s; {wrong} answers 5xx, {statuses.count(429)} asked to wait",
        "processed in 120 s, no 5xx",
        wrong == 0 and spent <= 120,
    )


class Sender(Caller):
    """A kept-alive connection that says 0 for a broken one."""

    def call(  # type: ignore[override]
        self, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
    ) -> int:
        try:
            return super().call(method, path, body, headers)[0]
        except (OSError, http.client.HTTPException):
            self.connection.close()
            return 0


def _spread(server: Server, total: int, send: Callable[[int, Sender], None]) -> None:
    kept = threading.local()

    def one(number: int) -> None:
        if not hasattr(kept, "caller"):
            kept.caller = Sender(server)
        send(number, kept.caller)

    with ThreadPoolExecutor(SENDERS) as pool:
        for _ in pool.map(one, range(total)):
            pass


def _moment(number: int) -> str:
    return f"2026-11-{10 + number % 10:02}T{number // 600 % 24:02}:{number // 10 % 60:02}:{number % 60:02}Z"


def _events(**conditions: object) -> int:
    from orders.inbox.models import InboxEvent

    return InboxEvent.objects.filter(**conditions).count()


def _empty_inbox() -> None:
    """What the figures before left there names no shipment, and would be tried again meanwhile."""
    from orders.inbox.models import InboxEvent

    InboxEvent.objects.filter(state="open").update(state="done")


def _written(database: BenchDatabase) -> int:
    """Rows inserted, changed or removed in the whole database so far; on SQLite the inbox's rows."""
    if not database.is_postgres:
        return _events()
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT sum(n_tup_ins + n_tup_upd + n_tup_del)::bigint FROM pg_stat_user_tables")
        return int(cursor.fetchone()[0])
