"""Sellers' programs ask partners to fetch orders. What is not the enterprise's own is not there (404)."""

from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema, Status
from pydantic import AwareDatetime, Field

from market.accounts.models import User
from market.api.access import seller_of
from market.api.paging import page_after
from market.api.pickup_answers import Pickups, PickupSeen, seen_pickup
from market.common.clock import read_clock
from orders.pickups.actions.ask_pickup import MOST_ORDERS, ask_pickup
from orders.pickups.actions.decide_pickup import refuse_proposal, take_proposal, withdraw_pickup
from orders.pickups.load import PickupLoad, Window
from orders.pickups.models import PickupJob
from orders.pickups.queries import enterprise_jobs, find_job, open_partners

router = Router(tags=["pickups"])


class PartnerSeen(Schema):
    id: int
    name: str
    contact: str


class Partners(Schema):
    items: list[PartnerSeen]


class PickupIn(Schema):
    """`key` is yours, one per wish: sent again it gives the same job. `gross_kg` of all boxes together."""

    key: str = Field(min_length=1, max_length=100)
    partner: int = Field(ge=1, lt=2**63)
    orders: list[str] = Field(min_length=1, max_length=MOST_ORDERS)
    window_from: AwareDatetime
    window_to: AwareDatetime
    place: str
    contact: str
    phone: str
    boxes: int
    gross_kg: Decimal
    temperature_from: int | None = None
    temperature_to: int | None = None
    latitude: Decimal | None = None
    longitude: Decimal | None = None
    note: str = ""


class TakeIn(Schema):
    """The proposed window as you have read it: one that was replaced in the meantime is not taken (409 `conflict`)."""

    counter_from: AwareDatetime
    counter_to: AwareDatetime


@router.get("/seller/pickup-partners", url_name="pickup_partners", response=Partners)
def list_partners(request: HttpRequest) -> dict[str, Any]:
    seller_of(request, "orders:read", read_clock())
    return {"items": [{"id": row.pk, "name": str(row), "contact": row.contact} for row in open_partners()]}


@router.post("/seller/pickups", url_name="seller_pickups_new", response={201: PickupSeen})
def post_pickup(request: HttpRequest, body: PickupIn) -> Status[dict[str, Any]]:
    now = read_clock()
    user, enterprise = seller_of(request, "orders:write", now)
    wish = body.dict(exclude={"key", "partner", "orders", "window_from", "window_to"})
    load = PickupLoad(Window(body.window_from, body.window_to), **wish)
    job = ask_pickup(enterprise, body.orders, partner_id=body.partner, load=load, key=body.key, by=user, now=now)
    return Status(201, seen_pickup(find_job(enterprise_jobs(enterprise.pk), job.number)))


@router.get("/seller/pickups", url_name="seller_pickups", response=Pickups)
def list_pickups(
    request: HttpRequest, state: str = "", page_size: Annotated[int, Field(ge=1, le=100)] = 24, cursor: str = ""
) -> dict[str, Any]:
    """Newest first."""
    _user, enterprise = seller_of(request, "orders:read", read_clock())
    rows = enterprise_jobs(enterprise.pk)
    rows = rows.filter(state=state) if state else rows
    page, more = page_after(rows, cursor, page_size)
    return {"items": [seen_pickup(job) for job in page], "next": more}


@router.get("/seller/pickups/{number}", url_name="seller_pickup", response=PickupSeen)
def get_pickup(request: HttpRequest, number: str) -> dict[str, Any]:
    _user, enterprise = seller_of(request, "orders:read", read_clock())
    return seen_pickup(find_job(enterprise_jobs(enterprise.pk), number))


@router.post("/seller/pickups/{number}/take", url_name="take_pickup", response=PickupSeen)
def post_take(request: HttpRequest, number: str, body: TakeIn) -> dict[str, Any]:
    """The proposed window becomes the job's."""
    user, job = _own(request, number)
    job.counter_from, job.counter_to = body.counter_from, body.counter_to
    take_proposal(job, by=user, now=read_clock())
    return _again(job)


@router.post("/seller/pickups/{number}/refuse", url_name="refuse_pickup", response=PickupSeen)
def post_refuse(request: HttpRequest, number: str) -> dict[str, Any]:
    """The proposed window does not suit: the job ends."""
    user, job = _own(request, number)
    refuse_proposal(job, by=user, now=read_clock())
    return _again(job)


@router.post("/seller/pickups/{number}/withdraw", url_name="withdraw_pickup", response=PickupSeen)
def post_withdraw(request: HttpRequest, number: str) -> dict[str, Any]:
    user, job = _own(request, number)
    withdraw_pickup(job, by=user, now=read_clock())
    return _again(job)


def _own(request: HttpRequest, number: str) -> tuple[User, PickupJob]:
    user, enterprise = seller_of(request, "orders:write", read_clock())
    return user, find_job(enterprise_jobs(enterprise.pk), number)


def _again(job: PickupJob) -> dict[str, Any]:
    return seen_pickup(find_job(enterprise_jobs(job.enterprise_id), job.number))
