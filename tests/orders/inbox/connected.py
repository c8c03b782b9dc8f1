"""Partners whose API is connected, what lies in their inbox, what went wrong with calling them."""

import json
from datetime import datetime
from typing import Any

from market.common.sealing import seal
from orders.inbox.actions import create_endpoint
from orders.inbox.models import Endpoint, InboxEvent, PartnerApi
from orders.inbox.partner_api import set_partner_api
from tests.builders import NOW

KEY = "partner-key"


def connect(adapter: str, secret: str = "s-1", **wishes: Any) -> Endpoint:
    endpoint, _ = create_endpoint(adapter, adapter, secret=secret, now=NOW)
    own = {"ups_track_alert": ["UPS"], "dhl_unified_push": ["DHL"]}
    set_partner_api(endpoint, **{"key": KEY, "is_on": True, "now": NOW, "carriers": own.get(adapter), **wishes})
    endpoint.refresh_from_db()
    return endpoint


def stored(endpoint: Endpoint, body: dict[str, Any], at: datetime = NOW, key: str = "m1") -> InboxEvent:
    return InboxEvent.objects.create(
        endpoint=endpoint, key=key, sealed=seal(json.dumps(body).encode()), received_at=at, due_at=at
    )


def error_of(endpoint: Endpoint) -> str:
    return PartnerApi.objects.get(endpoint=endpoint).error
