"""Post recorded webhooks as their partners would, and compare what comes of them with what was expected."""

import json
import secrets
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from django.db import transaction
from django.http import HttpResponse
from django.test import RequestFactory, override_settings

from market.common.clock import read_clock
from market.common.sealing import seal
from orders.inbox.adapters import inbound_adapter, known_adapters
from orders.inbox.expectations import Outcome, events_of, read_off, subjects_of
from orders.inbox.models import Endpoint, EndpointSecret, InboxEvent
from orders.inbox.samples import SHOWN, BadSample, Folder, Sample, read_folders
from orders.inbox.tasks import process_event
from orders.inbox.views import take
from orders.orders.models import SellerOrder
from orders.shipments.carriers.base import Push, UnreadableError
from orders.shipments.models import Shipment


@dataclass(frozen=True)
class Case:
    file: str
    ok: bool
    expected: dict[str, Any]
    got: dict[str, Any]


def check_folders(root: Path) -> list[Case]:
    """Every sample below `root`, each with its own shipments in a transaction that is rolled back. Messages kept on
    disk stay there: stored by one of these transactions they would be lost with it."""
    with TemporaryDirectory() as scratch, override_settings(DATA_DIR=scratch):
        cases = [
            check_sample(folder, sample)
            for folder in read_folders(root, frozenset(known_adapters()))
            for sample in folder.samples
        ]
    if not cases:
        raise BadSample(f"no manifest.json below {root}")
    return cases


def check_sample(folder: Folder, sample: Sample) -> Case:
    try:
        sample.require_known()
        expected = dict(sample.expect)
        with transaction.atomic():
            got = _play(folder, sample)
            transaction.set_rollback(True)
    except BadSample as error:
        return Case(sample.name, False, {}, {"error": str(error)})
    except Exception as error:  # noqa: BLE001 - whatever an adapter does wrong is the finding
        return Case(sample.name, False, dict(sample.expect), {"error": f"{type(error).__name__}: {error}"})
    if "must_answer" in sample.item:
        expected["must_answer"] = sample.item["must_answer"]
    return Case(sample.name, got == expected, expected, got)


def _play(folder: Folder, sample: Sample) -> dict[str, Any]:
    """Posts what came first, then the sample; a body that is not refused must be answered 2xx and processed."""
    if sample.adapter not in known_adapters():
        raise BadSample(f"no adapter {sample.adapter}")
    chain = folder.chain(sample)
    pushes = [_read(part) for part in chain]
    endpoint = Endpoint.objects.create(adapter=sample.adapter, name=sample.name[:80], created_at=read_clock())
    _make_shipments(pushes)
    clock = datetime.min.replace(tzinfo=UTC)
    for part, push in zip(chain[:-1], pushes[:-1], strict=True):
        clock = _clock(part, push, clock)
        answer = _post(folder, part, endpoint, clock)
        if not part.is_refused and answer.status_code >= 300:
            raise BadSample(f"{part.name}, which comes first, was answered {answer.status_code}")
        _work(endpoint, push, clock)
    before = dict(Shipment.objects.filter(carrier="check").values_list("pk", "status"))
    known = events_of(before)
    stored = InboxEvent.objects.filter(endpoint=endpoint).count()
    clock = _clock(sample, pushes[-1], clock)
    answer = _post(folder, sample, endpoint, clock)
    is_new = InboxEvent.objects.filter(endpoint=endpoint).count() > stored
    trouble = _work(endpoint, pushes[-1], clock)
    outcome = Outcome(
        pushes[-1],
        _event_id(sample),
        answer.status_code >= 400 and not is_new,
        before,
        known,
    )
    got = read_off(subjects_of(outcome, "", sample.expect))
    if not sample.is_refused and not 200 <= answer.status_code < 300:
        got["answer"] = answer.status_code
    if trouble:
        got["error"] = trouble
    if "must_answer" in sample.item:
        got["must_answer"] = _answered(sample.item["must_answer"], answer)
    return got


def _read(sample: Sample) -> Push:
    try:
        return inbound_adapter(sample.adapter).parse(sample.raw)
    except UnreadableError:
        return Push()


def _event_id(sample: Sample) -> str:
    """As the partner calls it, where we know the message by more than that."""
    adapter = inbound_adapter(sample.adapter)
    own: Callable[[bytes], str] | None = getattr(adapter, "partner_id", None)
    return own(sample.raw) if own else adapter.event_id(sample.raw, sample.headers)


def _moments(pushes: Sequence[Push]) -> list[datetime]:
    events = [event for push in pushes for report in push.reports for event in report.events]
    return [event.occurred_at for event in events if event.classifier == "ACT"] or [e.occurred_at for e in events]


def _clock(sample: Sample, push: Push, before: datetime) -> datetime:
    """`signed_at`, else just after the newest event; never before what came first."""
    if "signed_at" in sample.item:
        return datetime.fromtimestamp(sample.item["signed_at"], UTC)
    newest = max(_moments([push]), default=None)
    after = newest + timedelta(seconds=1) if newest and newest.year < 9999 else read_clock()
    return max(after, before)


def _make_shipments(pushes: Sequence[Push]) -> None:
    """One for each number the bodies name, of an order placed just before it all began. The order's own buyer and
    seller do not matter: the transaction is rolled back before the database asks for them."""
    oldest = min(_moments(pushes), default=read_clock())
    placed_at = oldest - timedelta(hours=1) if oldest.year > 1 else oldest
    for report in (report for push in pushes for report in push.reports):
        if Shipment.objects.filter(waybill__in=report.numbers, carrier="check").exists():
            continue
        unique = secrets.token_hex(8)
        order = SellerOrder.objects.create(
            purchase_id=-1 - SellerOrder.objects.count(),
            enterprise_id=-1,
            number=unique,
            state=SellerOrder.State.AWAITING_SELLER,
            state_changed_at=placed_at,
            goods_total=0,
            total=0,
            placed_at=placed_at,
        )
        Shipment.objects.create(
            seller_order=order,
            number=unique,
            carrier="check",
            waybill=report.tracking_number,
            shipped_at=placed_at,
        )


def _post(folder: Folder, sample: Sample, endpoint: Endpoint, clock: datetime) -> HttpResponse:
    """Through the real view, with the partner's secret of this body as the only live one."""
    shown = sample.secret if sample.secret is not None else folder.token(sample)
    secret = shown if shown is not None else secrets.token_urlsafe(24)
    endpoint.secrets.all().delete()
    EndpointSecret.objects.create(endpoint=endpoint, sealed=seal(secret.encode()), created_at=clock)
    headers = {name: value for name, value in sample.headers.items() if name != "content-type"}
    query = sample.query
    if sample.adapter in SHOWN and sample.token is None and not sample.is_refused:
        if sample.adapter == "dhl_unified_push":  # a secret in the address, which no recording can know
            query = urlencode({"token": secret})
        else:
            headers["authorization"] = f"Bearer {secret}"
    request = RequestFactory().generic(
        sample.method,
        f"/hooks/{endpoint.pk}/",
        sample.raw,
        content_type=sample.headers.get("content-type", ""),
        QUERY_STRING=query,
        headers=headers,
    )
    return take(request, endpoint.pk, clock)


def _work(endpoint: Endpoint, push: Push, clock: datetime) -> str:
    """What the worker does with it. A signature may be older than the newest event (the clock of `signed_at` is the
    partner's): the event is then received just after it. Returns what went wrong."""
    newest = max(_moments([push]), default=clock)
    received = max(clock, newest + timedelta(seconds=1)) if newest.year < 9999 else clock
    trouble = ""
    for event in InboxEvent.objects.filter(endpoint=endpoint, state=InboxEvent.State.OPEN).select_related("endpoint"):
        event.received_at = received
        process_event(event, received)
        event.refresh_from_db()
        trouble = event.error
    return trouble


def _answered(wanted: dict[str, Any], answer: HttpResponse) -> dict[str, Any]:
    got: dict[str, Any] = {}
    for key in wanted:
        if key == "status":
            got[key] = answer.status_code
        elif key == "json":
            got[key] = _json_of(answer)
        elif key == "body":
            got[key] = answer.content.decode(errors="replace")
        elif key == "headers":
            got[key] = {name: answer.headers.get(name) for name in wanted[key]}
        else:
            got[key] = f"unknown key {key!r}"
    return got


def _json_of(answer: HttpResponse) -> Any:
    try:
        return json.loads(answer.content)
    except ValueError:
        return answer.content.decode(errors="replace")


def failures(cases: Sequence[Case]) -> Iterator[str]:
    """One line for each key that differs."""
    for case in cases:
        if case.ok:
            continue
        for key in [*case.expected, *(key for key in case.got if key not in case.expected)]:
            if case.expected.get(key) != case.got.get(key):
                yield f"{case.file}: {key}: expected {case.expected.get(key)!r}, got {case.got.get(key)!r}"
