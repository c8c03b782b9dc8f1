"""What tests of calling partners share: a partner that is connected, the worker's rounds, what EasyPost answers."""

import json
from datetime import datetime, timedelta
from typing import Any

from market.common.sealing import seal
from orders.inbox.actions import create_endpoint
from orders.inbox.errands import note_existing
from orders.inbox.models import Endpoint, Errand, InboxEvent, PartnerApi
from orders.inbox.partner_api import set_partner_api
from orders.inbox.reconcile import call_partners
from orders.inbox.tasks import process_inbox
from tests.builders import NOW

SILENT = NOW + timedelta(hours=24)
KEY = "EZAK-very-secret-key"


def connect(adapter: str = "easypost", **wishes: Any) -> Endpoint:
    endpoint, _ = create_endpoint(adapter, adapter, now=NOW, carriers=wishes.pop("carriers", ()))
    set_partner_api(endpoint, key=KEY, is_on=True, now=NOW, **wishes)
    return endpoint


def work(now: datetime) -> None:
    """The worker's rounds, until all is quiet."""
    while note_existing(now) + call_partners(now) + process_inbox(now):
        pass


def tracker(number: str = "WB1", *scans: tuple[str, str], **fields: Any) -> dict[str, Any]:
    rows = [{"status": status, "datetime": at, "status_detail": "unknown"} for status, at in scans]
    rows = rows or [{"status": "in_transit", "datetime": "2026-11-24T10:00:00Z", "status_detail": "unknown"}]
    return {"tracking_code": number, "status": "in_transit", "tracking_details": rows, **fields}


def webhook(endpoint: Endpoint, found: dict[str, Any], at: datetime, key: str = "evt_1") -> None:
    body = json.dumps({"id": key, "object": "Event", "result": {"object": "Tracker", **found}}).encode()
    InboxEvent.objects.create(endpoint=endpoint, key=key, sealed=seal(body), received_at=at, due_at=at)


def api_of(endpoint: Endpoint) -> PartnerApi:
    return PartnerApi.objects.get(endpoint=endpoint)


def the_errand() -> Errand:
    return Errand.objects.get(kind="poll")
