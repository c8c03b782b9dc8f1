"""`POST /hooks/<endpoint>/`: verify over the raw bytes, store once, acknowledge. No business word here."""

import hashlib
import logging
from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from market.common.clock import read_clock
from market.common.sealing import seal
from orders.inbox.actions import live_keys, opened
from orders.inbox.adapters import inbound_adapter
from orders.inbox.credentials import read_basic
from orders.inbox.doors import Door, admits, kept_door, read_door
from orders.inbox.limits import EVERYBODY, FORGED, PER_ENDPOINT, TOKENS, count, wait_for
from orders.inbox.spool import keep, store_own
from orders.inbox.store import Verified, store_verified
from orders.shipments.carriers.base import Carrier, Reply
from orders.shipments.carriers.ups_track_alert import TOKEN_LASTS, issue_token
from orders.shipments.carriers.values import matches

logger = logging.getLogger(__name__)

KEPT_HEADERS = ("content-type", "user-agent", "webhook-id", "webhook-timestamp", "api-version", "as-webhook-version")
MAX_HEADERS, MAX_HEADER_BYTES = 100, 16 * 1024


@csrf_exempt
def receive(request: HttpRequest, endpoint_id: str) -> HttpResponse:
    return take(request, endpoint_id, read_clock())


@require_POST
def take(request: HttpRequest, endpoint_id: str, now: datetime) -> HttpResponse:
    """404 unknown, 413, 415 and 431 for what is too large or of another kind, 429 too fast, 401 not signed by a live
    key or from elsewhere (nothing is written for any of these), 503 when we can store it nowhere; otherwise the answer
    this partner expects, also for a message that came before."""
    if wait := wait_for("everybody", EVERYBODY, now):
        return _later(wait)
    address = request.META.get("REMOTE_ADDR") or ""
    try:
        door = kept_door(endpoint_id)
        is_fresh = door is None or not door.admits(address)
        door = read_door(endpoint_id) if is_fresh else door
    except DatabaseError:
        logger.exception("an endpoint could not be read")
        return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE)
    if door is None:
        return HttpResponse(status=HTTPStatus.NOT_FOUND)
    adapter = inbound_adapter(door.adapter)
    if wait := wait_for(endpoint_id, PER_ENDPOINT, now):
        count("too_fast", endpoint_id, now)
        return _later(wait)
    if not door.admits(address):
        return _elsewhere(adapter, endpoint_id, now)
    headers = _headers(request.META)
    if refused := _unfit(request, headers, adapter):
        count("unfit", endpoint_id, now)
        return HttpResponse(status=refused)
    try:
        raw = request.read(adapter.MAX_BYTES + 1)
    except UnreadablePostError:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    if len(raw) > adapter.MAX_BYTES:
        count("unfit", endpoint_id, now)
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    headers[":query"] = str(request.META.get("QUERY_STRING", ""))  # no header can be called that
    try:
        is_stored = _store(door, raw, headers, now)
        if not is_stored and not is_fresh:  # keys may have changed since they were read
            door = read_door(endpoint_id)
            if door is None:
                return HttpResponse(status=HTTPStatus.NOT_FOUND)
            if not door.admits(address):
                return _elsewhere(inbound_adapter(door.adapter), endpoint_id, now)
            is_stored = _store(door, raw, headers, now)
    except DatabaseError:
        logger.exception("a message could not be stored")
        return HttpResponse(status=HTTPStatus.SERVICE_UNAVAILABLE)
    adapter = inbound_adapter(door.adapter)
    return _answer(adapter.reply(raw)) if is_stored else _refuse(adapter, raw, endpoint_id, now)


@csrf_exempt
@require_POST
def give_token(request: HttpRequest, endpoint_id: str) -> HttpResponse:
    """`POST /hooks/<endpoint>/token`, for UPS: client credentials as basic authentication (the client id is the
    endpoint's, the password its secret) against a bearer token for an hour (RFC 6749, 4.4)."""
    now = read_clock()
    if wait := wait_for("everybody", EVERYBODY, now) or wait_for(f"token:{endpoint_id[:40]}", TOKENS, now):
        return _later(wait)
    client, password = read_basic(request.headers.get("authorization", ""))
    keys = [key for key in live_keys(endpoint_id) if key.is_live(now) and key.endpoint.adapter == "ups_track_alert"]
    if keys and not admits(keys[0].endpoint.networks, request.META.get("REMOTE_ADDR") or ""):
        count("elsewhere", endpoint_id, now)
        keys = []
    known = [opened(bytes(key.sealed)) for key in keys]
    if client != endpoint_id or not sum(matches(secret, password) for secret in known):
        if keys:  # a name nobody has is no figure of anybody's
            count("forged", endpoint_id, now)
        answer = JsonResponse({"error": "invalid_client"}, status=HTTPStatus.UNAUTHORIZED)
        answer["WWW-Authenticate"] = "Basic"
        return answer
    body = {"token_type": "Bearer", "access_token": issue_token(password, now)}
    answer = JsonResponse(body | {"expires_in": int(TOKEN_LASTS.total_seconds())})
    answer["Cache-Control"] = "no-store"
    return answer


def _headers(meta: Mapping[str, str]) -> dict[str, str]:
    """By lower-case name; what `request.headers` holds, at a tenth of its cost."""
    found = {key[5:].replace("_", "-").lower(): value for key, value in meta.items() if key.startswith("HTTP_")}
    for name, key in (("content-type", "CONTENT_TYPE"), ("content-length", "CONTENT_LENGTH")):
        if key in meta:
            found[name] = meta[key]
    return found


def _unfit(request: HttpRequest, headers: Mapping[str, str], adapter: Carrier) -> int:
    """What can be refused before a byte of the body is read; 0 when it may be read."""
    if len(headers) > MAX_HEADERS or sum(map(len, headers)) + sum(map(len, headers.values())) > MAX_HEADER_BYTES:
        return HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    if headers.get("content-encoding", "identity").lower() != "identity":  # nothing here is unpacked
        return HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    if request.content_type and request.content_type not in adapter.CONTENT_TYPES:
        return HTTPStatus.UNSUPPORTED_MEDIA_TYPE
    length = str(request.META.get("CONTENT_LENGTH") or "0")
    if not length.isascii() or not length.isdigit():
        return HTTPStatus.BAD_REQUEST
    return HTTPStatus.REQUEST_ENTITY_TOO_LARGE if len(length) > 9 or int(length) > adapter.MAX_BYTES else 0


def _store(door: Door, raw: bytes, headers: Mapping[str, str], now: datetime) -> bool:
    """Verifies and stores; False when no key vouches for it, or the one that does is no longer live. Raises
    DatabaseError when it could be stored nowhere: of a partner that does not come again, it is kept on disk."""
    adapter = inbound_adapter(door.adapter)
    key = door.signer(adapter, raw, headers, now)
    if key is None:
        return False
    message = Verified(
        endpoint_id=door.endpoint_id,
        secret_id=key.pk,
        key=adapter.event_id(raw, headers) or hashlib.sha256(raw).hexdigest(),
        sealed=seal(raw),
        headers={name: headers[name][:200] for name in KEPT_HEADERS if name in headers},
        received_at=now,
    )
    try:
        is_stored = store_verified(message, door.adapter, door.networks)
    except DatabaseError:
        if not getattr(adapter, "GIVES_UP", False) or not keep(message, door.adapter):
            raise
        logger.warning("a message is kept on disk: the database is away", exc_info=True)
        return True
    store_own(now)
    return is_stored


def _elsewhere(adapter: Carrier, endpoint_id: str, now: datetime) -> HttpResponse:
    count("elsewhere", endpoint_id, now)
    logger.info("refused a message for endpoint %s…: not from its networks", endpoint_id[:6])
    return _answer(adapter.refusal())


def _refuse(adapter: Carrier, raw: bytes, endpoint_id: str, now: datetime) -> HttpResponse:
    """Nothing of the message is told or kept, but for the beginning of its digest in the log."""
    count("forged", endpoint_id, now)
    if wait := wait_for(f"forged:{endpoint_id}", FORGED, now):
        return _later(wait)
    digest = hashlib.sha256(raw).hexdigest()[:12]
    logger.info("refused a message for endpoint %s…: body %s", endpoint_id[:6], digest)
    return _answer(adapter.refusal())


def _later(seconds: int) -> HttpResponse:
    return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS, headers={"Retry-After": str(seconds)})


def _answer(reply: Reply) -> HttpResponse:
    if reply.body:
        return JsonResponse(dict(reply.body), status=reply.status, json_dumps_params={"ensure_ascii": False})
    return HttpResponse(status=reply.status)
