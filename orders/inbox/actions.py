"""Endpoints, their secrets, replay and what is thrown away."""

import base64
import re
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import lru_cache

from django.db import transaction
from django.db.models import CharField, Q, QuerySet

from market.accounts.models import User
from market.common.audit.record import record_act
from market.common.errors import InvalidInput
from market.common.prepared import Param, PreparedSelect
from market.common.sealing import seal, unseal
from orders.inbox.models import Endpoint, EndpointSecret, Errand, InboxEvent

OVERLAP = timedelta(hours=24)
KEEP_BODIES = timedelta(days=90)
ENDPOINT_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")


# These report on whatever carrier's waybill their account follows.
AGGREGATORS = frozenset(
    {"aftership", "cainiao", "easypost", "iata_one_record", "kuaidi100", "seventeentrack", "shippo"}
)


def is_of_any_carrier(adapter: str) -> bool:
    """Nobody need say whose waybills such a partner reports on: it follows many carriers, or none."""
    return adapter in AGGREGATORS or adapter == "stripe"


def create_endpoint(
    adapter: str,
    name: str,
    *,
    now: datetime,
    secret: str = "",
    carriers: Sequence[str] = (),
    by: User | None = None,
) -> tuple[Endpoint, str]:
    """The endpoint and its secret, which is shown this once. Without one given one is made, as the adapter needs it.
    `carriers` are those whose waybills it may report on, as sellers write them; none: any carrier's. `by` None: an
    operator at the command line, who leaves no entry in the log."""
    secret = secret or make_secret(adapter)
    with transaction.atomic():
        endpoint = Endpoint.objects.create(adapter=adapter, name=name, carriers=list(carriers), created_at=now)
        EndpointSecret.objects.create(endpoint=endpoint, sealed=seal(secret.encode()), created_at=now)
        if by is not None:
            record_act(
                actor=by,
                action="partner.created",
                subject_kind="endpoint",
                subject_id=endpoint.pk,
                now=now,
                name=name,
                adapter=adapter,
                carriers=list(carriers),
            )
    return endpoint, secret


def rotate_secret(
    endpoint: Endpoint, *, now: datetime, secret: str = "", overlap: timedelta = OVERLAP, by: User | None = None
) -> str:
    """A new key; the old ones stay good for 24 hours, or for as long as `overlap` says (none at all when one leaked).
    A key that was to end sooner still does. What was subscribed with an old one is subscribed anew."""
    secret = secret or make_secret(endpoint.adapter)
    with transaction.atomic():
        endpoint.secrets.filter(Q(retires_at__isnull=True) | Q(retires_at__gt=now + overlap)).update(
            retires_at=now + overlap
        )
        EndpointSecret.objects.create(endpoint=endpoint, sealed=seal(secret.encode()), created_at=now)
        endpoint.errands.filter(kind=Errand.Kind.SUBSCRIBE, done_at__isnull=False).update(due_at=now)
        if by is not None:
            record_act(
                actor=by,
                action="partner.rotated",
                subject_kind="endpoint",
                subject_id=endpoint.pk,
                now=now,
                overlap_hours=int(overlap.total_seconds() // 3600),
            )
    return secret


def make_secret(adapter: str) -> str:
    """32 random bytes: with the prefix of Standard Webhooks, as plain base64 for DCSA, else as hexadecimal digits."""
    random = secrets.token_bytes(32)
    if adapter == "standard":
        return "whsec_" + base64.b64encode(random).decode()
    return base64.b64encode(random).decode() if adapter == "dcsa_tnt" else random.hex()


_keys_of = PreparedSelect(
    lambda: EndpointSecret.objects.select_related("endpoint").filter(
        endpoint=Param("endpoint", CharField()), endpoint__is_active=True
    )
)


def live_keys(endpoint_id: str) -> list[EndpointSecret]:
    """The sealed keys of an active endpoint with the endpoint itself, in one statement; none for an unknown id."""
    if not ENDPOINT_ID.fullmatch(endpoint_id):  # also keeps NUL from PostgreSQL, which raises on it
        return []
    return _keys_of(endpoint=endpoint_id)


@lru_cache(maxsize=1024)
def opened(sealed: bytes) -> str:
    """A key, unsealed once and then kept by this process: whether it is live is asked of the row each time."""
    return unseal(sealed).decode()


S = InboxEvent.State


def replay_event(event: InboxEvent, *, now: datetime, by: User | None = None) -> None:
    """Work on a parked or dead message again. Raises InvalidInput for one that is done or waiting anyway, or whose
    bytes are no longer kept."""
    with transaction.atomic():
        if not _reopen(InboxEvent.objects.filter(pk=event.pk, state__in=[S.PARKED, S.DEAD]), now):
            raise InvalidInput(fields={"event": "not parked"})
        if by is not None:
            record_act(
                actor=by,
                action="inbox.replayed",
                subject_kind="inbox",
                subject_id=event.endpoint_id,
                now=now,
                messages=1,
            )


def replay_events(
    *,
    now: datetime,
    adapter: str = "",
    endpoint_id: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    with_done: bool = False,
    by: User | None = None,
) -> int:
    """The same for a partner, an endpoint, a span of receipt (`until` excluded); returns how many. Done ones only when
    asked for: working on them twice changes nothing, unless our own reading has become better."""
    chosen = _standing(adapter, endpoint_id, since, until, with_done)
    with transaction.atomic():
        number = _reopen(chosen, now)
        if by is not None and number:
            record_act(
                actor=by,
                action="inbox.replayed",
                subject_kind="inbox",
                subject_id=endpoint_id or adapter or "all",
                now=now,
                messages=number,
                since=since.isoformat() if since else "",
                until=until.isoformat() if until else "",
            )
    return number


def count_lost(
    *, adapter: str = "", endpoint_id: str = "", since: datetime | None = None, until: datetime | None = None
) -> int:
    """Of the same choice, those that stand still for good: their bytes are no longer kept."""
    return _standing(adapter, endpoint_id, since, until).filter(is_purged=True).count()


def _standing(
    adapter: str, endpoint_id: str, since: datetime | None, until: datetime | None, with_done: bool = False
) -> QuerySet[InboxEvent]:
    chosen = InboxEvent.objects.filter(state__in=[S.PARKED, S.DEAD, *([S.DONE] if with_done else [])])
    if adapter:
        chosen = chosen.filter(endpoint__adapter=adapter)
    if endpoint_id:
        chosen = chosen.filter(endpoint=endpoint_id)
    if since:
        chosen = chosen.filter(received_at__gte=since)
    if until:
        chosen = chosen.filter(received_at__lt=until)
    return chosen


def reopen_parked(endpoint: Endpoint, keys: Sequence[str], *, now: datetime) -> None:
    """Those of an endpoint's messages that stand still and were sent again by hand."""
    for start in range(0, len(keys), 500):
        batch = InboxEvent.objects.filter(endpoint=endpoint, key__in=keys[start : start + 500], state=S.PARKED)
        _reopen(batch, now)


def _reopen(events: QuerySet[InboxEvent], now: datetime) -> int:
    return events.filter(is_purged=False).update(state=S.OPEN, attempts=0, due_at=now, claimed_until=None, error="")


def purge_bodies(now: datetime) -> int:
    """Raw bytes and headers older than 90 days go, for messages that are settled; the unique key stays for ever."""
    old = InboxEvent.objects.filter(is_purged=False, received_at__lt=now - KEEP_BODIES).exclude(state=S.OPEN)
    batch = list(old.order_by("received_at").values_list("pk", flat=True)[:500])
    if not batch:
        return 0
    return InboxEvent.objects.filter(pk__in=batch).update(sealed=b"", headers={}, is_purged=True)
