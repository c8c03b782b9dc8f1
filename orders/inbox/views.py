"""`POST /hooks/<endpoint>/`: verify over the raw bytes, store once, acknowledge. No business word here."""

import hashlib
import logging
from datetime import datetime
from http import HTTPStatus

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from market.common.clock import read_clock
from market.common.sealing import seal
from orders.inbox.actions import live_keys, live_secrets
from orders.inbox.adapters import inbound_adapter
from orders.inbox.models import InboxEvent
from orders.shipments.carriers.base import BadSignatureError, Reply

logger = logging.getLogger(__name__)

MAX_BYTES = 256 * 1024
KEPT_HEADERS = ("content-type", "user-agent", "webhook-id", "webhook-timestamp", "api-version", "as-webhook-version")


@csrf_exempt
def receive(request: HttpRequest, endpoint_id: str) -> HttpResponse:
    return take(request, endpoint_id, read_clock())


@require_POST
def take(request: HttpRequest, endpoint_id: str, now: datetime) -> HttpResponse:
    """404 unknown, 413 too large, 401 not signed by a live key (nothing is written then), 503 when we cannot store;
    otherwise the answer this partner expects, also for a message that came before."""
    try:
        keys = list(live_keys(endpoint_id))
    except DatabaseError:
        logger.exception("an endpoint could not be read")
        return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE)
    if not keys:
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    try:
        raw = request.read(MAX_BYTES + 1)
    except UnreadablePostError:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    if len(raw) > MAX_BYTES:
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    endpoint = keys[0].endpoint
    adapter = inbound_adapter(endpoint.adapter)
    headers = {name.lower(): value for name, value in request.headers.items()}
    headers[":query"] = str(request.META.get("QUERY_STRING", ""))  # no header can be called that
    try:
        adapter.authenticate(raw, headers, live_secrets(keys, now), now)
    except BadSignatureError:
        logger.info(
            "refused a message for endpoint %s…: body %s", endpoint.pk[:6], hashlib.sha256(raw).hexdigest()[:12]
        )
        return _answer(adapter.refusal())
    event = InboxEvent(
        endpoint=endpoint,
        key=adapter.event_id(raw, headers) or hashlib.sha256(raw).hexdigest(),
        sealed=seal(raw),
        headers={name: headers[name] for name in KEPT_HEADERS if name in headers},
        received_at=now,
        due_at=now,
    )
    try:
        InboxEvent.objects.bulk_create([event], ignore_conflicts=True)
    except DatabaseError:
        logger.exception("a message could not be stored")
        return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE)
    return _answer(adapter.reply(raw))


def _answer(reply: Reply) -> HttpResponse:
    if reply.body:
        return JsonResponse(dict(reply.body), status=reply.status, json_dumps_params={"ensure_ascii": False})
    return HttpResponse(status=reply.status)
