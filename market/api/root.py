"""The versioned API, put together."""

from typing import Any

import orjson
from django.http import HttpRequest
from ninja.parser import Parser
from ninja.renderers import BaseRenderer

from market.api.buying import router as buying
from market.api.buying_claims import router as buying_claims
from market.api.catalogue import router as catalogue
from market.api.claim_photos import router as claim_photos
from market.api.description import DescribedApi
from market.api.driver_links import router as driver_links
from market.api.enquiries import router as enquiries
from market.api.epcis import router as epcis
from market.api.errors import add_handlers
from market.api.imports import router as imports
from market.api.own_orders import router as own_orders
from market.api.partner_pickups import router as partner_pickups
from market.api.prices import router as prices
from market.api.recalls import router as recalls
from market.api.reviews import router as reviews
from market.api.selling import router as selling
from market.api.selling_claims import router as selling_claims
from market.api.selling_payouts import router as selling_payouts
from market.api.selling_pickups import router as selling_pickups
from market.api.ways_in import INTRODUCTION
from market.api.webhooks import router as webhooks


class OrjsonRenderer(BaseRenderer):
    media_type = "application/json"

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        return orjson.dumps(data, default=str)


class StrictParser(Parser):
    """JSON that a database can hold. NaN and half a character (a lone surrogate) orjson refuses by itself; NUL is text
    in JSON and none in PostgreSQL."""

    def parse_body(self, request: HttpRequest) -> Any:
        if b"\\u0000" in request.body:
            raise ValueError("NUL")
        return orjson.loads(request.body)


# No docs page: ninja's would load scripts from a foreign host. The description itself is at openapi.json.
api = DescribedApi(
    title="Tuanji",
    version="1",
    description=INTRODUCTION,
    urls_namespace="api",
    docs_url=None,
    renderer=OrjsonRenderer(),
    parser=StrictParser(),
)
add_handlers(api)
parts = (
    catalogue,
    prices,
    buying,
    buying_claims,
    reviews,
    recalls,
    enquiries,
    selling,
    imports,
    epcis,
    own_orders,
    selling_claims,
    claim_photos,
    selling_payouts,
    driver_links,
    selling_pickups,
    partner_pickups,
    webhooks,
)
for part in parts:
    api.add_router("", part)
