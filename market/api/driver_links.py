"""Addresses for drivers without software, made and withdrawn by a seller's program: the page reports one shipment."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import Field

from market.accounts.models import User
from market.api.access import seller_of
from market.common.clock import read_clock
from market.common.errors import NotFound
from orders.inbox.links import link_address, make_shipment_link, withdraw_link
from orders.inbox.models import ReportLink
from orders.shipments.models import Shipment

MOST_SHOWN = 50
router = Router(tags=["selling"])


class DriverLinkIn(Schema):
    """`name`: for whom. `shows_address`: also the buyer's street, name and phone, until the goods are delivered."""

    name: str = Field(min_length=1, max_length=80)
    days: int = Field(30, ge=1, le=90)
    shows_address: bool = False


class DriverLinkSeen(Schema):
    """`is_live`: neither over nor withdrawn."""

    id: int
    name: str
    shows_address: bool
    created_at: datetime
    expires_at: datetime
    withdrawn_at: datetime | None
    last_used_at: datetime | None
    is_live: bool


class DriverLinkMade(DriverLinkSeen):
    """`address` is told this once: only its digest is kept."""

    address: str


class DriverLinks(Schema):
    items: list[DriverLinkSeen]


@router.post("/seller/shipments/{number}/driver-links", url_name="driver_links_new", response={201: DriverLinkMade})
def post_link(request: HttpRequest, number: str, body: DriverLinkIn) -> Status[dict[str, Any]]:
    """Each call makes another address, at most twenty live ones for a shipment (409 `too_many_links`)."""
    now = read_clock()
    user, shipment = _own(request, number, "orders:write", now)
    link, secret = make_shipment_link(shipment, by=user, now=now, **body.dict())
    return Status(201, _seen(link, now) | {"address": link_address(secret)})


@router.get("/seller/shipments/{number}/driver-links", url_name="driver_links", response=DriverLinks)
def list_links(request: HttpRequest, number: str) -> dict[str, Any]:
    """The newest fifty."""
    now = read_clock()
    _user, shipment = _own(request, number, "orders:read", now)
    return {"items": [_seen(link, now) for link in shipment.links.order_by("-pk")[:MOST_SHOWN]]}


@router.post(
    "/seller/shipments/{number}/driver-links/{int:link_id}/withdraw",
    url_name="withdraw_driver_link",
    response=DriverLinkSeen,
)
def post_withdraw(request: HttpRequest, number: str, link_id: int) -> dict[str, Any]:
    """At once and for ever; what came by it stays. Twice changes nothing."""
    now = read_clock()
    user, shipment = _own(request, number, "orders:write", now)
    rows = ReportLink.objects.select_related("shipment").filter(shipment=shipment)
    link = rows.filter(pk=link_id).first() if link_id < 2**63 else None
    if link is None:
        raise NotFound()
    withdraw_link(link, by=user, now=now)
    link.refresh_from_db()
    return _seen(link, now)


def _own(request: HttpRequest, number: str, scope: str, now: datetime) -> tuple[User, Shipment]:
    user, enterprise = seller_of(request, scope, now)
    shipment = Shipment.objects.for_enterprise(enterprise.pk).filter(number=number).first()
    if shipment is None:
        raise NotFound()
    return user, shipment


def _seen(link: ReportLink, now: datetime) -> dict[str, Any]:
    told = {name: getattr(link, name) for name in DriverLinkSeen.model_fields if name != "is_live"}
    return told | {"is_live": link.is_live(now)}
