"""Whatever carriers tell, in whichever order, how often and in how many goes it is worked on: one story in the rows."""

import random
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orders.actions.register_tracking import Heard, UnknownNumberError, register_reports
from orders.inbox.adapters import inbound_adapter, known_adapters
from orders.inbox.samples import read_folders
from orders.shipments.carriers.base import CarrierEvent, Report
from orders.shipments.fold import RANK
from orders.shipments.models import Parcel, Shipment
from orders.shipments.queries import milestones, transshipment_ports
from tests.builders import NOW
from tests.orders.inbox.test_receive import make_shipment

pytestmark = pytest.mark.django_db
SAMPLES = Path(__file__).resolve().parents[2] / "data" / "carriers"
WORKED_ON = NOW + timedelta(hours=200)


@contextmanager
def undone() -> Iterator[None]:
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def register(batches: Sequence[Sequence[Heard]]) -> None:
    """What nobody knows yet is tried again at the end, as the inbox does."""
    early: list[Heard] = []
    for batch in batches:
        refusals = register_reports(batch, now=WORKED_ON)
        early += [heard for heard, why in zip(batch, refusals, strict=True) if isinstance(why, UnknownNumberError)]
    if early:
        register_reports(early, now=WORKED_ON)


def shuffled(heard: Sequence[Heard], order: random.Random) -> list[list[Heard]]:
    """Every message, some of them twice, in any order and cut anywhere into goes."""
    told = [*heard, *order.choices(heard, k=min(len(heard), 3))]
    order.shuffle(told)
    batches: list[list[Heard]] = [[]]
    for one in told:
        if order.random() < 0.5:
            batches.append([])
        batches[-1].append(one)
    return [batch for batch in batches if batch]


def story() -> list[dict[str, object]]:
    """All the rows say of each shipment; of an event that is withdrawn only that it is."""
    return [
        {
            "status": (shipment.status, shipment.substatus, shipment.status_at, shipment.place),
            "flags": shipment.flags,
            "monitoring": (shipment.monitoring, shipment.corrected_carrier, shipment.signed_by),
            "eta": (shipment.eta, shipment.eta_from, shipment.eta_to),
            "milestones": (milestones(shipment.events.all()), transshipment_ports(shipment.events.all())),
            "notices": sorted(shipment.notices.values_list("status", "occurred_at")),
            "parcels": sorted(shipment.parcels.values_list("number", "status", "substatus", "status_at")),
            "events": sorted(
                (event.parcel, event.key, event.status, event.occurred_at, event.flags, event.aside)
                for event in shipment.events.filter(withdrawn_at=None)
            ),
            "withdrawn": sorted(shipment.events.exclude(withdrawn_at=None).values_list("parcel", "key")),
        }
        for shipment in Shipment.objects.order_by("waybill")
    ]


def told(batches: Sequence[Sequence[Heard]]) -> list[dict[str, object]]:
    with undone():
        register(batches)
        return story()


def at(hours: float) -> datetime:
    return NOW + timedelta(hours=hours)


def sample_messages() -> list[tuple[str, list[Heard]]]:
    """By partner all its recorded bodies, those that are no full history also cut into their events."""
    found: dict[str, list[Heard]] = {}
    for folder in read_folders(SAMPLES, frozenset(known_adapters())):
        for sample in folder.samples:
            for report in inbound_adapter(sample.adapter).parse(sample.raw).reports:
                parts = [report] if report.is_snapshot else [replace(report, events=[one]) for one in report.events]
                newest = max((event.occurred_at for event in report.events), default=NOW)
                messages = found.setdefault(sample.adapter, [])
                messages += [Heard(part, newest + timedelta(hours=1), sample.adapter) for part in [report, *parts]]
    return sorted(found.items())


@pytest.mark.parametrize(("adapter", "messages"), sample_messages())
def test_recorded_bodies_of_a_partner_tell_one_story(adapter: str, messages: list[Heard]) -> None:
    for number in sorted({heard.report.tracking_number for heard in messages}):
        make_shipment(number)
    expected = told([[one] for one in messages])

    for seed in range(6):
        assert told(shuffled(messages, random.Random(seed))) == expected


def any_event(draw: random.Random, source: str, letters: str) -> CarrierEvent:
    """Few keys and times, so that copies, corrections and ties abound. Each partner has keys of its own."""
    return CarrierEvent(
        key=f"{source} {draw.choice(letters)}",
        occurred_at=at(draw.choice((-1, 1, 2, 2, 3, 30, 80))),
        status=draw.choice([*RANK, *("in_transit", "out_for_delivery", "delivered") * 3, ""]),
        substatus=draw.choice(("", "signed", "customs_released")),
        flags=draw.choice(((), ("held",), ("damaged", "delayed"))),
        place=draw.choice(("", "Aral")),
        sequence=draw.randrange(3),
        classifier=draw.choice(("ACT", "ACT", "ACT", "EST", "PLN")),
        kind=draw.choice(("", "vessel_arrived", "loaded")),
        version=draw.choice((None, None, at(1), at(2), at(3))),
        is_retracted=draw.random() < 0.15,
    )


def any_message(draw: random.Random) -> Heard:
    """W and V are shipments, P1 and P2 parcels of W; events of the same ids are told of all of them."""
    source, moment = draw.choice(("dcsa_tnt", "kuaidi100")), at(draw.choice((81, 90, 100)))
    if (
        draw.random() < 0.15
    ):  # a retraction that names nothing but the event, which may be of any shipment, or come never
        back = any_event(draw, source, "abcdez")
        taken = replace(back, status="", version=draw.choice((None, at(2), at(4))), is_retracted=True)
        return Heard(Report("", events=[taken]), moment, source, carriers=draw.choice(((), ("Test",), ("another",))))
    number = draw.choice(("W", "W", "W", "P1", "P2", "V", "V"))
    letters = "abcd" if number in "WV" else "cde"
    report = Report(
        number,
        events=[any_event(draw, source, letters) for _ in range(draw.randrange(4))],
        eta=draw.choice(("", "2026-12-01", "2026-12-05")),
        eta_to=draw.choice(("", "2026-12-06")),
        monitoring=draw.choice(("", "active", "stopped", "expired")),
        corrected_carrier=draw.choice(("", "ems", "yunda")),
        signed_by=draw.choice(("", "Li", "Wang")),
        as_of=draw.choice((None, at(2), at(2), at(5))),
        is_snapshot=draw.random() < 0.3,
        references=draw.choice(({}, {}, {}, {"booking": "W"})) if number != "V" else {},
    )
    return Heard(report, moment, source)


some = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@some
@given(st.integers(0, 2**32))
def test_any_messages_tell_one_story(seed: int) -> None:
    draw = random.Random(seed)
    messages = [any_message(draw) for _ in range(draw.randint(2, 8))]
    with undone():
        shipment = make_shipment("W")
        make_shipment("V")
        if draw.random() < 0.5:
            Parcel.objects.bulk_create([Parcel(shipment=shipment, number=number) for number in ("W", "P1", "P2")])
        expected = told([[one] for one in messages])

        assert told(shuffled(messages, draw)) == expected
