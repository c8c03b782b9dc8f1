"""How the inbox is doing, for the officers' page and the command line."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache
from django.db.models import Count, F, Max, Q

from orders.inbox.limits import counted
from orders.inbox.models import Endpoint, EndpointSecret, Errand, InboxEvent, PartnerApi
from orders.inbox.tasks import oldest_open
from orders.shipments.models import TrackingEvent

LAG_OF = 5000  # events: what is looked at stays bounded however long the table is
REFUSED = ("forged", "elsewhere", "too_fast", "unfit")


@dataclass(frozen=True)
class EndpointHealth:
    """`repeated` of `received` messages of the last day came more than once; `refused` today by why."""

    endpoint: Endpoint
    received: int
    repeated: int
    waiting: int
    parked: int
    dead: int
    last_at: datetime | None
    refused: Mapping[str, int]


@dataclass(frozen=True)
class Unmapped:
    """A code no table knows: a person should add it."""

    source: str
    raw_code: str
    events: int
    last_at: datetime


@dataclass(frozen=True)
class Lag:
    """How long after it happened news of this source (a format, `phone` or `file`) came to us: half of it within
    `median`, nineteen of twenty within `most`."""

    source: str
    events: int
    median: timedelta
    most: timedelta


def endpoint_health(now: datetime) -> list[EndpointHealth]:
    """Two statements and one look into the cache, for any number of endpoints."""
    day = Q(events__received_at__gt=now - timedelta(days=1))
    endpoints = Endpoint.objects.annotate(
        received=Count("events", filter=day),
        repeated=Count("events", filter=day & Q(events__last_seen_at__gt=F("events__received_at"))),
        waiting=Count("events", filter=Q(events__state="open")),
        parked=Count("events", filter=Q(events__state="parked")),
        dead=Count("events", filter=Q(events__state="dead")),
        last_at=Max("events__received_at"),
    ).order_by("name", "pk")
    found = list(endpoints)
    refused = counted([endpoint.pk for endpoint in found], REFUSED, now)
    return [
        EndpointHealth(
            endpoint,
            endpoint.received,
            endpoint.repeated,
            endpoint.waiting,
            endpoint.parked,
            endpoint.dead,
            endpoint.last_at,
            {verdict: refused[endpoint.pk, verdict] for verdict in REFUSED if (endpoint.pk, verdict) in refused},
        )
        for endpoint in found
    ]


def unmapped_codes(limit: int = 50) -> list[Unmapped]:
    """Most frequent first."""
    rows = (
        TrackingEvent.objects.filter(is_unmapped=True)
        .values_list("source", "raw_code")
        .annotate(events=Count("pk"), last_at=Max("received_at"))
        .order_by("-events", "source", "raw_code")[:limit]
    )
    return [Unmapped(*row) for row in rows]


def partner_lag(now: datetime) -> list[Lag]:
    """By source, of what came within a day: the newest LAG_OF events at most. One statement."""
    newest = TrackingEvent.objects.order_by("-pk").values_list("source", "classifier", "occurred_at", "received_at")
    lags = defaultdict[str, list[timedelta]](list)
    for source, classifier, occurred_at, received_at in newest[:LAG_OF]:
        if classifier == "ACT" and received_at > now - timedelta(days=1):
            lags[source].append(max(received_at - occurred_at, timedelta(0)))
    return [
        Lag(source, len(found), found[(len(found) - 1) // 2], found[-(-len(found) * 19 // 20) - 1])
        for source, found in sorted((source, sorted(found)) for source, found in lags.items())
    ]


def sees_refusals() -> bool:
    """Whether the counters of what was turned away are shared: in the embedded column each process has its own, and
    another one than the web's sees nothing."""
    return not isinstance(caches["limits"], LocMemCache)


def secrets_of(endpoint: Endpoint) -> list[tuple[EndpointSecret, datetime | None]]:
    """Every key with the last message it vouched for, newest first; never the key itself."""
    used = dict(
        InboxEvent.objects.filter(endpoint=endpoint).values_list("secret").annotate(last=Max("received_at")).order_by()
    )
    keys = endpoint.secrets.defer("sealed").order_by("-created_at", "-pk")
    return [(key, used.get(key.pk)) for key in keys]


@dataclass(frozen=True)
class ApiState:
    """How calling a partner goes: never its key."""

    api: PartnerApi
    waiting: int
    troubled: list[Errand]

    @property
    def is_failing(self) -> bool:
        api = self.api
        return api.failed_at is not None and (api.succeeded_at is None or api.failed_at > api.succeeded_at)


def api_state(endpoint: Endpoint, now: datetime, limit: int = 10) -> ApiState | None:
    """None while nobody has given it a key. What failed longest is first: shipments by number, else an address."""
    api = PartnerApi.objects.defer("sealed_key").filter(endpoint=endpoint).first()
    if api is None:
        return None
    errands = Errand.objects.filter(endpoint=endpoint)
    troubled = errands.exclude(error="").select_related("shipment").order_by("-tries", "pk")[:limit]
    return ApiState(api, errands.filter(due_at__lte=now).count(), list(troubled))


def failing_apis() -> set[str]:
    """Endpoints whose partner could not be called the last time."""
    never_since = Q(succeeded_at__isnull=True) | Q(succeeded_at__lt=F("failed_at"))
    failing = PartnerApi.objects.filter(never_since, is_on=True, failed_at__isnull=False)
    return set(failing.values_list("pk", flat=True))


def backlog(now: datetime) -> timedelta:
    return oldest_open(now)
