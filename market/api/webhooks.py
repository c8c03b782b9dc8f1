"""Webhooks to a seller's own system, managed by its program."""

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from market.accounts.models import User
from market.api.access import seller_of
from market.api.paging import page_after
from market.common.clock import read_clock
from market.common.errors import NotFound
from orders.outbound.actions.manage_endpoint import (
    NewKeys,
    change_endpoint,
    create_endpoint,
    remove_endpoint,
    rotate_key,
    turn_off,
    turn_on,
)
from orders.outbound.actions.replay_delivery import replay_delivery, replay_range, send_test
from orders.outbound.catalogue import EVENT_TYPES
from orders.outbound.models import Delivery, Endpoint
from orders.outbound.queries import delivery_log

SCOPE = "webhooks:write"
router = Router(tags=["webhooks"])


class WebhookIn(Schema):
    """`types` empty: all. `ed25519`: sign with a key pair too, for receivers that keep no secret."""

    url: str = Field(max_length=2000)
    name: str = Field("", max_length=80)
    types: list[str] = Field([], max_length=50)
    ed25519: bool = False


class WebhookChange(Schema):
    """What is absent stays as it is."""

    url: str | None = Field(None, max_length=2000)
    name: str | None = Field(None, max_length=80)
    types: list[str] | None = Field(None, max_length=50)
    is_active: bool | None = None


class ReplayIn(Schema):
    """One `delivery`, or all of a span (`until` excluded); `with_delivered`: also what arrived."""

    delivery: int | None = None
    since: datetime | None = None
    until: datetime | None = None
    with_delivered: bool = False


class WebhookSeen(Schema):
    """`secret` and `public_key` are filled on the answer that made them, once."""

    id: str
    url: str
    name: str
    types: list[str]
    is_active: bool
    off_reason: str
    failing_since: datetime | None
    secret: str = ""
    public_key: str = ""


class Webhooks(Schema):
    items: list[WebhookSeen]


class AttemptSeen(Schema):
    at: datetime
    status: int | None
    error: str
    answer: str
    milliseconds: int
    request_hash: str


class DeliverySeen(Schema):
    id: int
    message: str
    type: str
    subject: str
    state: str
    attempts: int
    occurred_at: datetime
    due_at: datetime | None
    log: list[AttemptSeen]


class Deliveries(Schema):
    items: list[DeliverySeen]
    next: str | None


class Replayed(Schema):
    replayed: int


class TypeSeen(Schema):
    name: str
    meaning: str
    schema_version: int
    definition: dict[str, Any]


class Types(Schema):
    items: list[TypeSeen]


@router.get("/seller/webhooks/types", url_name="webhook_types", response=Types)
def list_types(request: HttpRequest) -> dict[str, Any]:
    """What can be told, each with the JSON Schema of its message."""
    return {
        "items": [
            {
                "name": kind.name,
                "meaning": kind.meaning,
                "schema_version": kind.schema_version,
                "definition": kind.schema,
            }
            for kind in EVENT_TYPES
        ]
    }


@router.get("/seller/webhooks", url_name="webhooks", response=Webhooks)
def list_webhooks(request: HttpRequest) -> dict[str, Any]:
    _user, enterprise = seller_of(request, SCOPE, read_clock())
    return {
        "items": [_seen(row) for row in Endpoint.objects.for_enterprise(enterprise.pk).order_by("created_at", "pk")]
    }


@router.post("/seller/webhooks", url_name="webhooks_new", response={201: WebhookSeen})
def post_webhook(request: HttpRequest, body: WebhookIn) -> Status[dict[str, Any]]:
    """The secret is in this answer and nowhere else."""
    now = read_clock()
    user, enterprise = seller_of(request, SCOPE, now)
    endpoint, keys = create_endpoint(
        enterprise, body.url, name=body.name, types=body.types, with_ed25519=body.ed25519, by=user, now=now
    )
    return Status(201, _seen(endpoint, keys))


@router.get("/seller/webhooks/{endpoint_id}", url_name="webhook", response=WebhookSeen)
def get_webhook(request: HttpRequest, endpoint_id: str) -> dict[str, Any]:
    return _seen(_own(request, endpoint_id, read_clock())[1])


@router.patch("/seller/webhooks/{endpoint_id}", url_name="webhook_change", response=WebhookSeen)
def patch_webhook(request: HttpRequest, endpoint_id: str, body: WebhookChange) -> dict[str, Any]:
    now = read_clock()
    user, endpoint = _own(request, endpoint_id, now)
    if {"url", "name", "types"} & body.model_fields_set:
        endpoint = change_endpoint(
            endpoint,
            url=endpoint.url if body.url is None else body.url,
            name=endpoint.name if body.name is None else body.name,
            types=endpoint.types if body.types is None else body.types,
            by=user,
            now=now,
        )
    if body.is_active is not None:
        endpoint = (turn_on if body.is_active else turn_off)(endpoint, by=user, now=now)
    return _seen(endpoint)


@router.delete("/seller/webhooks/{endpoint_id}", url_name="webhook_remove", response=WebhookSeen)
def delete_webhook(request: HttpRequest, endpoint_id: str) -> dict[str, Any]:
    """Answers what was removed."""
    now = read_clock()
    user, endpoint = _own(request, endpoint_id, now)
    remove_endpoint(endpoint, by=user, now=now)
    return _seen(endpoint)


@router.post("/seller/webhooks/{endpoint_id}/secret", url_name="webhook_secret", response=WebhookSeen)
def post_secret(request: HttpRequest, endpoint_id: str) -> dict[str, Any]:
    """New keys; the old ones sign too for 24 hours."""
    now = read_clock()
    user, endpoint = _own(request, endpoint_id, now)
    return _seen(endpoint, rotate_key(endpoint, by=user, now=now))


@router.post("/seller/webhooks/{endpoint_id}/test", url_name="webhook_test", response={202: Replayed})
def post_test(request: HttpRequest, endpoint_id: str) -> Status[dict[str, Any]]:
    """A `webhook.test` is sent within seconds; what came of it stands in the deliveries."""
    now = read_clock()
    send_test(_own(request, endpoint_id, now)[1], now=now)
    return Status(202, {"replayed": 1})


@router.get("/seller/webhooks/{endpoint_id}/deliveries", url_name="webhook_deliveries", response=Deliveries)
def list_deliveries(
    request: HttpRequest, endpoint_id: str, page_size: Annotated[int, Field(ge=1, le=100)] = 24, cursor: str = ""
) -> dict[str, Any]:
    """Newest first, each with its attempts; kept for 30 days."""
    _user, endpoint = _own(request, endpoint_id, read_clock())
    page, more = page_after(delivery_log(endpoint), cursor, page_size)
    return {"items": [_delivery(row) for row in page], "next": more}


@router.post("/seller/webhooks/{endpoint_id}/replay", url_name="webhook_replay", response={202: Replayed})
def post_replay(request: HttpRequest, endpoint_id: str, body: ReplayIn) -> Status[dict[str, Any]]:
    now = read_clock()
    _user, endpoint = _own(request, endpoint_id, now)
    if body.delivery is not None:
        row = delivery_log(endpoint).filter(pk=body.delivery).first()
        if row is None:
            raise NotFound()
        replay_delivery(row, now=now)
        return Status(202, {"replayed": 1})
    count = replay_range(
        endpoint,
        since=body.since or endpoint.created_at,
        until=body.until or now,
        with_delivered=body.with_delivered,
        now=now,
    )
    return Status(202, {"replayed": count})


def _own(request: HttpRequest, endpoint_id: str, now: datetime) -> tuple[User, Endpoint]:
    user, enterprise = seller_of(request, SCOPE, now)
    endpoint = Endpoint.objects.for_enterprise(enterprise.pk).filter(pk=endpoint_id).first()
    if endpoint is None:
        raise NotFound()
    return user, endpoint


def _seen(endpoint: Endpoint, keys: NewKeys | None = None) -> dict[str, Any]:
    names = ("id", "url", "name", "types", "is_active", "off_reason", "failing_since")
    seen = {name: getattr(endpoint, name) for name in names}
    return seen | ({"secret": keys.secret, "public_key": keys.public} if keys else {})


def _delivery(row: Delivery) -> dict[str, Any]:
    return {
        "id": row.pk,
        "message": row.message_id,
        "type": row.message.type,
        "subject": row.message.subject,
        "state": row.state,
        "attempts": row.attempts,
        "occurred_at": row.message.occurred_at,
        "due_at": row.due_at if row.state == Delivery.State.WAITING else None,
        "log": [
            {
                "at": attempt.at,
                "status": attempt.status,
                "error": attempt.error,
                "answer": attempt.answer,
                "milliseconds": attempt.milliseconds,
                "request_hash": attempt.request_hash,
            }
            for attempt in row.log.all()
        ],
    }
