"""Endpoints and replay."""

import base64
import re
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet

from market.common.errors import InvalidInput
from market.common.sealing import seal, unseal
from orders.inbox.models import Endpoint, EndpointSecret, InboxEvent

OVERLAP = timedelta(hours=24)
ENDPOINT_ID = re.compile(r"[A-Za-z0-9_-]{1,40}")


def create_endpoint(adapter: str, name: str, *, now: datetime, secret: str = "") -> tuple[Endpoint, str]:
    """The endpoint and its secret, which is shown this once. Without one given a Standard Webhooks key is made."""
    secret = secret or "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    with transaction.atomic():
        endpoint = Endpoint.objects.create(adapter=adapter, name=name, created_at=now)
        EndpointSecret.objects.create(endpoint=endpoint, sealed=seal(secret.encode()), created_at=now)
    return endpoint, secret


def rotate_secret(endpoint: Endpoint, *, now: datetime, secret: str = "") -> str:
    """A new key; the old ones stay good for 24 hours."""
    secret = secret or "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
    with transaction.atomic():
        endpoint.secrets.filter(retires_at__isnull=True).update(retires_at=now + OVERLAP)
        EndpointSecret.objects.create(endpoint=endpoint, sealed=seal(secret.encode()), created_at=now)
    return secret


def live_keys(endpoint_id: str) -> QuerySet[EndpointSecret]:
    """The sealed keys of an active endpoint with the endpoint itself, in one statement; none for an unknown id."""
    if not ENDPOINT_ID.fullmatch(endpoint_id):  # also keeps NUL from PostgreSQL, which raises on it
        return EndpointSecret.objects.none()
    return EndpointSecret.objects.select_related("endpoint").filter(endpoint=endpoint_id, endpoint__is_active=True)


def live_secrets(rows: Iterable[EndpointSecret], now: datetime) -> list[str]:
    return [unseal(row.sealed).decode() for row in rows if row.retires_at is None or row.retires_at > now]


def replay_event(event: InboxEvent, *, now: datetime) -> None:
    """Work on a parked or dead message again. Raises InvalidInput for one that is done or waiting anyway."""
    changed = InboxEvent.objects.filter(pk=event.pk, state__in=[InboxEvent.State.PARKED, InboxEvent.State.DEAD]).update(
        state=InboxEvent.State.OPEN, attempts=0, due_at=now, claimed_until=None, error=""
    )
    if not changed:
        raise InvalidInput(fields={"event": "not parked"})
