"""Asking: own paid orders only, each in one live job, once per key."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from market.common.deadlines.models import Deadline
from market.common.errors import Conflict, InvalidInput, NotFound
from orders.orders.models import SellerOrder
from orders.pickups.actions.ask_pickup import ask_pickup
from orders.pickups.actions.decide_pickup import withdraw_pickup
from orders.pickups.errors import AlreadyAsked, NotToFetch, PartnerClosed
from orders.pickups.load import PickupLoad, Window
from orders.pickups.models import PickupJob, PickupOrder
from tests.builders import NOW, make_member, make_variant
from tests.orders.pickups.scenes import LOAD, make_job, make_partner, make_to_ship

pytestmark = pytest.mark.django_db


def ask(order: SellerOrder, *, key: str = "k", numbers: list[str] | None = None, **wish: Any) -> PickupJob:
    partner = wish.pop("partner", None) or make_partner()[0].pk
    by, numbers = make_member(order.enterprise), [order.number] if numbers is None else numbers
    load: PickupLoad = wish.pop("load", LOAD)
    return ask_pickup(order.enterprise, numbers, partner_id=partner, load=load, key=key, by=by, now=NOW)


def test_job_waits_for_its_partner_a_day_at_most() -> None:
    order = make_to_ship()

    job = ask(order)

    assert (job.state, job.version, job.answer_by) == ("asked", 1, NOW + timedelta(hours=24))
    assert [row.seller_order_id for row in job.orders.all()] == [order.pk]
    assert [(event.to_state, event.side) for event in job.events.all()] == [("asked", "seller")]
    assert Deadline.objects.get(kind="pickup", subject=job.number).due_at == job.answer_by


def test_window_that_ends_soon_leaves_an_hour_to_drive() -> None:
    soon = Window(NOW, NOW + timedelta(hours=3))

    job = ask(make_to_ship(), load=replace(LOAD, window=soon))

    assert job.answer_by == NOW + timedelta(hours=2)


def test_same_key_gives_the_same_job_and_another_wish_under_it_is_refused() -> None:
    order, partner = make_to_ship(), make_partner()[0].pk
    job = ask(order, partner=partner)

    assert ask(order, partner=partner).pk == job.pk
    with pytest.raises(Conflict):
        ask(order, partner=partner, load=replace(LOAD, boxes=5))

    assert PickupJob.objects.count() == 1


def test_keys_of_two_enterprises_do_not_meet() -> None:
    assert ask(make_to_ship()).pk != ask(make_to_ship()).pk


@pytest.mark.parametrize("state", ["awaiting_payment", "completed", "expired", "cancelled", "declined"])
def test_order_that_is_not_to_be_shipped_is_refused(state: str) -> None:
    order = make_to_ship()
    SellerOrder.objects.update(state=state)

    with pytest.raises(NotToFetch):
        ask(order)

    assert PickupJob.objects.count() == 0


def test_order_of_another_enterprise_does_not_exist() -> None:
    mine, other = make_to_ship(), make_to_ship()

    for numbers in ([other.number], [mine.number, other.number], [mine.number, "P-nobody"]):
        with pytest.raises(NotFound):
            ask(mine, numbers=numbers)

    assert PickupOrder.objects.count() == 0


def test_order_stands_in_one_live_job_and_is_free_again_after_it() -> None:
    order = make_to_ship()
    job = make_job(order)

    with pytest.raises(AlreadyAsked) as refused:
        ask(order)
    withdraw_pickup(job, by=make_member(order.enterprise), now=NOW)

    assert refused.value.details["job"] == job.number
    assert ask(order, key="again").state == "asked"


def test_database_itself_refuses_an_order_in_two_live_jobs() -> None:
    order = make_to_ship()
    make_job(order)
    other = make_job(make_to_ship(make_variant(enterprise=order.enterprise, on_hand=10)))

    with pytest.raises(IntegrityError), transaction.atomic():
        PickupOrder.objects.create(job=other, seller_order=order)


def test_closed_or_unknown_partner_is_not_asked() -> None:
    closed, _secret = make_partner(is_open=False)
    gone, _secret = make_partner()
    gone.endpoint.is_active = False
    gone.endpoint.save()
    order = make_to_ship()

    for partner, error in ((closed.pk, PartnerClosed), (gone.pk, PartnerClosed), (999_999, NotFound)):
        with pytest.raises(error):
            ask(order, partner=partner)

    assert PickupJob.objects.count() == 0


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("window_to", {"window": Window(NOW + timedelta(hours=5), NOW + timedelta(hours=5))}),
        ("window_to", {"window": Window(NOW - timedelta(hours=5), NOW + timedelta(minutes=59))}),
        ("window_to", {"window": Window(NOW, NOW + timedelta(days=8))}),
        ("window_from", {"window": Window(NOW + timedelta(days=91), NOW + timedelta(days=92))}),
        ("place", {"place": "  "}),
        ("phone", {"phone": "1" * 21}),
        ("note", {"note": "a\0b"}),
        ("boxes", {"boxes": 0}),
        ("boxes", {"boxes": 100_001}),
        ("gross_kg", {"gross_kg": Decimal(0)}),
        ("gross_kg", {"gross_kg": Decimal("NaN")}),
        ("gross_kg", {"gross_kg": Decimal("0.0001")}),
        ("temperature_to", {"temperature_from": 4, "temperature_to": -18}),
        ("temperature_from", {"temperature_from": -99}),
        ("point", {"latitude": Decimal(91), "longitude": Decimal(80)}),
        ("point", {"latitude": Decimal(40)}),
        ("point", {"latitude": Decimal("NaN"), "longitude": Decimal("NaN")}),
    ],
)
def test_what_makes_no_sense_is_named_at_its_field(field: str, changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput) as refused:
        ask(make_to_ship(), load=replace(LOAD, **changes))

    assert list(refused.value.details["fields"]) == [field]
    assert PickupJob.objects.count() == 0


def test_no_orders_and_too_many_are_refused() -> None:
    order = make_to_ship()

    for numbers in ([], [f"P{n}" for n in range(101)]):
        with pytest.raises(InvalidInput):
            ask(order, numbers=numbers)
