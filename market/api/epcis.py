"""EPCIS 2.0 for a seller's system: documents in, events out. JSON only, and only what is the seller's own."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

from django.core.signing import BadSignature, Signer
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Body, Query, Router, Schema
from pydantic import Field

from catalog.trace.actions.capture_document import hand_in
from catalog.trace.models import Capture, TraceEvent, TraceEventQuerySet
from catalog.trace.own import vocabulary
from catalog.trace.search import filtered
from market.api.access import seller_of
from market.common.clock import read_clock
from market.common.errors import InvalidInput, NotFound

SCOPE = "stock:write"
CONTEXT = "https://ref.gs1.org/standards/epcis/2.0.0/epcis-context.jsonld"
PAGING = ("perPage", "nextPageToken", "orderBy", "orderDirection")
PerPage = Annotated[int, Query(ge=1, le=200, alias="perPage")]
Token = Annotated[str, Query(alias="nextPageToken")]
router = Router(tags=["traceability"])
_signer = Signer(salt="api.epcis.page")


class CaptureSeen(Schema):
    """A document is taken whole or not at all. `errors`: why it was refused, with the `rule` where one says so."""

    capture_id: str = Field(alias="captureID")
    created_at: datetime = Field(alias="createdAt")
    finished_at: datetime = Field(alias="finishedAt")
    running: bool
    success: bool
    error_behaviour: str = Field(alias="captureErrorBehaviour")
    events: int
    errors: list[dict[str, Any]]


class QueryResults(Schema):
    query_name: str = Field(alias="queryName")
    results_body: dict[str, list[dict[str, Any]]] = Field(alias="resultsBody")


class QueryBody(Schema):
    query_results: QueryResults = Field(alias="queryResults")


class EventDocument(Schema):
    """An EPCISQueryDocument; the events as they were handed in, each with its `recordTime`."""

    context: list[Any] = Field(alias="@context")
    type: str
    schema_version: str = Field(alias="schemaVersion")
    creation_date: datetime = Field(alias="creationDate")
    epcis_body: QueryBody = Field(alias="epcisBody")


@router.post("/seller/epcis/capture", url_name="epcis_capture", response={202: CaptureSeen}, by_alias=True)
def post_capture(
    request: HttpRequest, response: HttpResponse, document: Annotated[dict[str, Any], Body()]
) -> dict[str, Any]:
    """Takes an EPCISDocument of up to 200 events, in its order, and answers 202 with what became of it, also at the
    address in `Location`. The same event again changes nothing. Lots of the market are named by the address of their
    public page, others by any address; what another enterprise says of the same address stands apart."""
    user, enterprise = seller_of(request, SCOPE, read_clock())
    capture = hand_in(enterprise, document, by=user, now=read_clock())
    response["Location"] = reverse("api:epcis_captured", args=[capture.number])
    return _seen(capture)


@router.get("/seller/epcis/capture/{number}", url_name="epcis_captured", response=CaptureSeen, by_alias=True)
def get_capture(request: HttpRequest, number: str) -> dict[str, Any]:
    _user, enterprise = seller_of(request, SCOPE, read_clock())
    found = Capture.objects.for_enterprise(enterprise.pk).filter(number=number).first()
    if found is None:
        raise NotFound()
    return _seen(found)


def _seen(capture: Capture) -> dict[str, Any]:
    return {
        "captureID": capture.number,
        "createdAt": capture.at,
        "finishedAt": capture.at,
        "running": False,
        "success": not capture.error,
        "captureErrorBehaviour": "rollback",
        "events": capture.events,
        "errors": [capture.error] if capture.error else [],
    }


@router.get("/seller/epcis/events", url_name="epcis_events", response=EventDocument, by_alias=True)
def get_events(
    request: HttpRequest,
    response: HttpResponse,
    per_page: PerPage = 30,
    token: Token = "",
    order_by: Annotated[Literal["eventTime", "recordTime"], Query(alias="orderBy")] = "eventTime",
    direction: Annotated[Literal["ASC", "DESC"], Query(alias="orderDirection")] = "DESC",
) -> dict[str, Any]:
    """Filters of the standard: `eventType`, `GE_eventTime`, `LT_eventTime`, `GE_recordTime`, `LT_recordTime`,
    `EQ_action`, `EQ_bizStep`, `EQ_disposition`, `EQ_readPoint`, `EQ_bizLocation`, `EQ_eventID`, `EQ_transformationID`,
    `EQ_bizTransaction_<type>`, `MATCH_anyEPC`, `MATCH_anyEPCClass`, `MATCH_parentID`, `EXISTS_errorDeclaration`; one
    that is repeated fits by any of its values, an unknown one is refused. The address of the next page stands in the
    header `Link`."""
    return _answer(request, response, Q(), per_page, token, f"{order_by} {direction}")


@router.get("/seller/epcis/events/{path:event_id}", url_name="epcis_event", response=EventDocument, by_alias=True)
def get_event(request: HttpRequest, event_id: str) -> dict[str, Any]:
    """One event, and the declaration of error where there is one."""
    _user, enterprise = seller_of(request, SCOPE, read_clock())
    rows = list(TraceEvent.objects.for_enterprise(enterprise.pk).filter(event_id=event_id).order_by("sequence"))
    if not rows:
        raise NotFound()
    return _document(rows)


@router.get("/seller/epcis/epcs/{path:epc}/events", url_name="epcis_of_epc", response=EventDocument, by_alias=True)
def get_events_of_epc(
    request: HttpRequest,
    response: HttpResponse,
    epc: str,
    per_page: PerPage = 30,
    token: Token = "",
) -> dict[str, Any]:
    """Events of a lot or of a pallet by its address; filters as above."""
    lots = TraceEvent.objects.filter(lots__lot__uri=epc)
    units = TraceEvent.objects.filter(units__uri=epc)
    condition = Q(pk__in=lots.values("pk")) | Q(pk__in=units.values("pk"))
    return _answer(request, response, condition, per_page, token, "eventTime DESC")


def _answer(
    request: HttpRequest, response: HttpResponse, condition: Q, size: int, token: str, order: str
) -> dict[str, Any]:
    _user, enterprise = seller_of(request, SCOPE, read_clock())
    wishes = {name: values for name, values in request.GET.lists() if name not in PAGING}
    rows = filtered(TraceEvent.objects.for_enterprise(enterprise.pk).filter(condition), _split(wishes))
    page, more = _page(rows, size, token, order)
    if more:
        asked = [(name, value) for name, values in request.GET.lists() for value in values if name != "nextPageToken"]
        response["Link"] = f'<{request.path}?{urlencode([*asked, ("nextPageToken", more)])}>; rel="next"'
    return _document(page)


def _split(wishes: Mapping[str, Sequence[object]]) -> dict[str, list[str]]:
    """The standard also lets several values stand in one, parted by commas."""
    return {name: [part for value in values for part in str(value).split(",")] for name, values in wishes.items()}


def _page(rows: TraceEventQuerySet, size: int, token: str, order: str) -> tuple[list[TraceEvent], str]:
    """By keys, so that what is written meanwhile moves no page. Raises InvalidInput for a token that is not ours or was
    given for another order."""
    field, _blank, direction = order.partition(" ")
    column, sign = ("event_time" if field == "eventTime" else "recorded_at"), ("" if direction == "ASC" else "-")
    if token:
        moment, key = _read_token(token, order)
        after = "gt" if direction == "ASC" else "lt"
        rows = rows.filter(Q(**{f"{column}__{after}": moment}) | Q(**{column: moment, f"pk__{after}": key}))
    found = list(rows.order_by(f"{sign}{column}", f"{sign}pk")[: size + 1])
    page = found[:size]
    if len(found) <= size:
        return page, ""
    return page, _signer.sign(json.dumps([order, getattr(page[-1], column).isoformat(), page[-1].pk]))


def _read_token(token: str, order: str) -> tuple[datetime, int]:
    try:
        given, moment, key = json.loads(_signer.unsign(token))
        if given == order:
            return datetime.fromisoformat(moment), key
    except (BadSignature, ValueError):
        pass
    raise InvalidInput(fields={"nextPageToken": "unknown token"})


def _document(rows: Sequence[TraceEvent]) -> dict[str, Any]:
    events = [{**json.loads(row.payload), "recordTime": row.recorded_at.isoformat()} for row in rows]
    return {
        "@context": [CONTEXT, {"agri": vocabulary()}],
        "type": "EPCISQueryDocument",
        "schemaVersion": "2.0",
        "creationDate": read_clock(),
        "epcisBody": {"queryResults": {"queryName": "SimpleEventQuery", "resultsBody": {"eventList": events}}},
    }
