"""A partner's program: its pickup jobs, its answers, the driver's load sheet. Signed in with the endpoint's own id and
secret as basic authentication (docs/partners.md); another partner's jobs are not there (404)."""

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from market.api.answers import SellerNamed
from market.api.paging import page_after
from market.api.pickup_answers import Pickups, PickupSeen, seen_pickup
from market.common.clock import read_clock
from market.common.errors import MarketError
from market.common.quantity import plain
from orders.inbox.credentials import endpoint_of
from orders.inbox.limits import FORGED, PER_ENDPOINT, wait_for
from orders.pickups.actions.answer_pickup import accept_pickup, counter_pickup, decline_pickup
from orders.pickups.load import Window
from orders.pickups.load_sheet import MOST_STOPS, Stop, load_sheet
from orders.pickups.models import PickupJob, PickupPartner
from orders.pickups.queries import find_job, partner_jobs

router = Router(tags=["partners"])


class PartnerRefused(MarketError):
    code = "unauthorized"
    http_status = 401
    # One text for all: who guesses learns neither that an endpoint exists nor that a secret was right.
    text = (
        "Send the endpoint's id and its whsec_ secret, from a network of yours if the operator has named them: "
        "Authorization: Basic <base64 of id:secret>. If they are right, the operator has not opened the endpoint for "
        "pickup jobs, or has closed it: ask the operator."
    )


class TooFast(MarketError):
    """Details: `retry_after`, seconds."""

    code = "too_fast"
    http_status = 429
    text = "Too many calls. Please wait %(retry_after)s seconds."


class PickupAnswerIn(Schema):
    """`version` as you have read it: 409 `conflict` when the job has moved since. Without it the job as it is now."""

    version: int | None = Field(None, ge=1, lt=2**31)


class AcceptIn(PickupAnswerIn):
    vehicle: str
    driver: str
    driver_phone: str = ""


class DeclineIn(PickupAnswerIn):
    reason: str


class CounterIn(PickupAnswerIn):
    window_from: AwareDatetime
    window_to: AwareDatetime
    reason: str = ""


class PickupPartSeen(Schema):
    """`lot` empty: not known yet."""

    product: str
    lot: str
    quantity: str
    unit: str
    gross_kg: str


class StopSeen(Schema):
    """`orders` are to be loaded; `ended` have been cancelled since and stay."""

    position: int
    job: str
    seller: SellerNamed
    window_from: datetime
    window_to: datetime
    place: str
    contact: str
    phone: str
    orders: list[str]
    ended: list[str]
    boxes: int
    gross_kg: str
    temperature_from: int | None
    temperature_to: int | None
    note: str
    parts: list[PickupPartSeen]


class LoadSheetSeen(Schema):
    """`suits_all` false: no one temperature is right for all stops. `left_off`: stops beyond the hundredth."""

    stops: list[StopSeen]
    boxes: int
    gross_kg: str
    temperature_from: int | None
    temperature_to: int | None
    suits_all: bool
    left_off: int


def partner_of(request: HttpRequest, now: datetime) -> PickupPartner:
    """Raises PartnerRefused (also for a partner that fetches nothing, or calls from elsewhere), TooFast."""
    address = request.META.get("REMOTE_ADDR") or ""
    endpoint = endpoint_of(request.headers.get("Authorization", ""), address, now)
    partner = endpoint and PickupPartner.objects.select_related("endpoint").filter(endpoint=endpoint).first()
    bucket, limit = (f"api:{partner.endpoint_id}", PER_ENDPOINT) if partner else ("api:forged", FORGED)
    if wait := wait_for(bucket, limit, now):
        raise TooFast(retry_after=wait)
    if not partner:
        raise PartnerRefused()
    return partner


@router.get("/partner/pickups", url_name="partner_pickups", response=Pickups)
def list_jobs(
    request: HttpRequest, state: str = "", page_size: Annotated[int, Field(ge=1, le=100)] = 24, cursor: str = ""
) -> dict[str, Any]:
    """Newest first; `state` asked: what waits for an answer."""
    rows = partner_jobs(partner_of(request, read_clock()))
    rows = rows.filter(state=state) if state else rows
    page, more = page_after(rows, cursor, page_size)
    return {"items": [seen_pickup(job) for job in page], "next": more}


@router.get("/partner/pickups/{number}", url_name="partner_pickup", response=PickupSeen)
def get_job(request: HttpRequest, number: str) -> dict[str, Any]:
    return seen_pickup(_own(request, number))


@router.post("/partner/pickups/{number}/accept", url_name="accept_pickup", response=PickupSeen)
def post_accept(request: HttpRequest, number: str, body: AcceptIn) -> dict[str, Any]:
    """Sent again it changes nothing; with another vehicle or driver it names that one."""
    crew = body.dict(exclude={"version"})
    return _again(accept_pickup(_answered(request, number, body), now=read_clock(), **crew))


@router.post("/partner/pickups/{number}/decline", url_name="decline_pickup", response=PickupSeen)
def post_decline(request: HttpRequest, number: str, body: DeclineIn) -> dict[str, Any]:
    """Also after it was accepted. The seller reads the reason."""
    return _again(decline_pickup(_answered(request, number, body), reason=body.reason, now=read_clock()))


@router.post("/partner/pickups/{number}/counter", url_name="counter_pickup", response=PickupSeen)
def post_counter(request: HttpRequest, number: str, body: CounterIn) -> dict[str, Any]:
    """Another window, for the seller to take or refuse."""
    window = Window(body.window_from, body.window_to)
    return _again(counter_pickup(_answered(request, number, body), window, reason=body.reason, now=read_clock()))


@router.get("/partner/load-sheet", url_name="partner_load_sheet", response=LoadSheetSeen)
def get_load_sheet(
    request: HttpRequest,
    day: date | None = None,
    job: Annotated[list[str], Query(max_length=MOST_STOPS)] = [],  # noqa: B006 - ninja reads it, nobody changes it
) -> dict[str, Any]:
    """Accepted jobs whose window touches the day (Beijing time), or those named by `job`; without both, all."""
    sheet = load_sheet(partner_of(request, read_clock()), day=day, numbers=job)
    totals = ("boxes", "temperature_from", "temperature_to", "suits_all", "left_off")
    seen = {name: getattr(sheet, name) for name in totals}
    return seen | {"gross_kg": plain(sheet.gross_kg), "stops": [_seen_stop(stop) for stop in sheet.stops]}


def _seen_stop(stop: Stop) -> dict[str, Any]:
    known = seen_pickup(stop.job)
    seen = {name: known[name] for name in StopSeen.model_fields if name in known}
    parts = [
        {
            "product": part.name,
            "lot": part.lot_number,
            "quantity": plain(part.quantity),
            "unit": part.unit,
            "gross_kg": plain(part.gross_kg),
        }
        for part in stop.parts
    ]
    return seen | {
        "position": stop.position,
        "job": stop.job.number,
        "orders": list(stop.orders),
        "ended": list(stop.ended),
        "parts": parts,
    }


def _own(request: HttpRequest, number: str) -> PickupJob:
    return find_job(partner_jobs(partner_of(request, read_clock())), number)


def _answered(request: HttpRequest, number: str, body: PickupAnswerIn) -> PickupJob:
    """The job as this caller has read it."""
    job = _own(request, number)
    job.version = body.version or job.version
    return job


def _again(job: PickupJob) -> dict[str, Any]:
    return seen_pickup(find_job(partner_jobs(job.partner), job.number))
