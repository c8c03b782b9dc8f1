"""Every state, every side: what is allowed moves once, what is not changes nothing."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from market.common.audit.models import AuditEntry
from market.common.deadlines.actions import run_due_deadlines
from market.common.deadlines.models import Deadline
from market.common.errors import Conflict, IllegalMove, InvalidInput
from market.common.outbox.models import OutboxEvent
from orders.pickups.actions.answer_pickup import accept_pickup, counter_pickup, decline_pickup
from orders.pickups.actions.decide_pickup import (
    on_pickup_deadline,
    refuse_proposal,
    take_proposal,
    withdraw_pickup,
)
from orders.pickups.load import Window
from orders.pickups.models import PickupJob
from orders.pickups.states import MOVES, S, Side
from tests.builders import NOW, make_officer, make_regiment, make_user
from tests.orders.pickups.scenes import LATER, WINDOW, make_accepted, make_job

pytestmark = pytest.mark.django_db


def accept(job: PickupJob) -> PickupJob:
    return accept_pickup(job, vehicle="新N 12345", driver="赵师傅", driver_phone="1390", now=NOW)


def decline(job: PickupJob) -> PickupJob:
    return decline_pickup(job, reason="no truck", now=NOW)


def counter(job: PickupJob) -> PickupJob:
    return counter_pickup(job, LATER, reason="road closed", now=NOW)


def take(job: PickupJob) -> PickupJob:
    return take_proposal(job, by=make_user(), now=NOW)


def refuse(job: PickupJob) -> PickupJob:
    return refuse_proposal(job, by=make_user(), now=NOW)


def withdraw(job: PickupJob) -> PickupJob:
    return withdraw_pickup(job, by=make_user(), now=NOW)


ACTS: list[tuple[Callable[[PickupJob], PickupJob], str, str]] = [
    (accept, Side.PARTNER, S.ACCEPTED),
    (decline, Side.PARTNER, S.DECLINED),
    (counter, Side.PARTNER, S.COUNTERED),
    (take, Side.SELLER, S.ACCEPTED),
    (refuse, Side.SELLER, S.REFUSED),
    (withdraw, Side.SELLER, S.WITHDRAWN),
]


@pytest.mark.parametrize("state", S.values)
@pytest.mark.parametrize(("act", "side", "to"), ACTS)
def test_each_act_in_each_state(state: str, act: Callable[[PickupJob], PickupJob], side: str, to: str) -> None:
    job = make_job()
    PickupJob.objects.update(state=state, counter_from=WINDOW.begins, counter_to=WINDOW.ends)
    job.refresh_from_db()
    is_allowed = to in MOVES[side].get(state, frozenset())
    is_repeat = state == to and state not in (S.ACCEPTED, S.COUNTERED)
    is_taken = act is take and state == S.ACCEPTED  # the same window stands already

    if is_allowed or is_repeat or is_taken:
        assert act(job).state == to
    else:
        with pytest.raises(IllegalMove):
            act(job)

    job.refresh_from_db()
    moved = is_allowed and not is_repeat and not is_taken
    assert (job.state, job.version) == ((to, 2) if moved else (state, 1))
    assert job.events.count() == (2 if moved else 1)


@pytest.mark.parametrize("act", [accept, decline, counter, withdraw])
def test_twice_is_once(act: Callable[[PickupJob], PickupJob]) -> None:
    job = make_job()

    first, second = act(job), act(job)

    assert (first.version, second.version) == (2, 2)
    assert job.events.count() == 2
    topics = OutboxEvent.objects.filter(topic__startswith="pickup.").order_by("pk").values_list("topic", flat=True)
    assert list(topics) == ["pickup.asked", f"pickup.{first.state}"]


def test_of_two_answers_at_once_one_counts() -> None:
    """Both have read the job before either wrote: the second UPDATE finds another version, though the table would let
    a partner decline what it has accepted."""
    job = make_job()
    one, other = PickupJob.objects.get(pk=job.pk), PickupJob.objects.get(pk=job.pk)

    accept(one)
    for act in (decline, withdraw):
        with pytest.raises(Conflict):
            act(other)

    job.refresh_from_db()
    assert (job.state, job.version, job.events.count()) == ("accepted", 2, 2)
    assert accept(other).version == 2  # the same answer again is no conflict


def test_taken_proposal_becomes_the_window_and_the_vehicle_may_follow() -> None:
    job = take(counter(make_job()))

    assert (job.state, job.window_from, job.window_to, job.vehicle) == ("accepted", LATER.begins, LATER.ends, "")
    assert accept(job).vehicle == "新N 12345"
    assert [event.side for event in job.events.all()] == ["seller", "partner", "seller", "partner"]


def test_proposal_that_was_replaced_meanwhile_is_not_taken() -> None:
    seen = counter(make_job())
    newer = Window(LATER.begins + timedelta(hours=1), LATER.ends)
    counter_pickup(seen, newer, now=NOW)

    with pytest.raises(Conflict):
        take(seen)

    assert PickupJob.objects.get().state == "countered"


def test_order_is_free_once_the_job_has_ended() -> None:
    for act in (decline, withdraw):
        job = make_job()
        act(job)
        assert not job.orders.filter(is_live=True).exists()


def test_unanswered_job_expires_and_a_late_run_of_the_clock_changes_nothing_more() -> None:
    job = make_job()

    run_due_deadlines(job.answer_by - timedelta(seconds=1))
    assert PickupJob.objects.get().state == "asked"
    run_due_deadlines(job.answer_by)
    on_pickup_deadline(job.number, job.answer_by)

    job.refresh_from_db()
    assert (job.state, job.events.count(), job.orders.get().is_live) == ("expired", 2, False)
    assert OutboxEvent.objects.filter(topic="pickup.expired", subject=job.number).count() == 1


def test_proposal_gives_the_seller_time_of_their_own() -> None:
    job = counter_pickup(make_job(), LATER, now=NOW + timedelta(hours=20))

    run_due_deadlines(NOW + timedelta(hours=25))

    job.refresh_from_db()
    assert (job.state, job.answer_by) == ("countered", NOW + timedelta(hours=44))


def test_accepted_job_is_over_a_day_after_its_window() -> None:
    job = make_accepted()

    run_due_deadlines(WINDOW.ends + timedelta(hours=23))
    assert PickupJob.objects.get().state == "accepted"
    run_due_deadlines(WINDOW.ends + timedelta(hours=24))

    job.refresh_from_db()
    assert (job.state, job.orders.get().is_live) == ("over", False)
    assert not Deadline.objects.filter(kind="pickup", state="open").exists()


@pytest.mark.parametrize(("vehicle", "driver"), [("", "x"), ("x", " "), ("x" * 41, "x"), ("x", "a\0b")])
def test_accepting_needs_a_vehicle_and_a_driver(vehicle: str, driver: str) -> None:
    with pytest.raises(InvalidInput):
        accept_pickup(make_job(), vehicle=vehicle, driver=driver, now=NOW)

    assert PickupJob.objects.get().state == "asked"


def test_declining_needs_a_reason_and_countering_a_window_ahead() -> None:
    job = make_job()

    with pytest.raises(InvalidInput):
        decline_pickup(job, reason=" ", now=NOW)
    with pytest.raises(InvalidInput):
        counter_pickup(job, Window(NOW - timedelta(days=2), NOW - timedelta(days=1)), now=NOW)

    assert (job.events.count(), PickupJob.objects.get().state) == (1, "asked")


def test_officers_leave_an_entry_in_the_log_and_partners_none() -> None:
    officer = make_officer(make_regiment(), "compliance")
    accept(make_job())
    assert not AuditEntry.objects.filter(subject_kind="pickup").exists()

    job = decline_pickup(make_job(), reason="no truck", officer=officer, now=NOW)
    decline_pickup(job, reason="no truck", officer=officer, now=NOW)

    entry = AuditEntry.objects.get(subject_kind="pickup")
    assert (entry.action, entry.subject_id, entry.actor) == ("pickup.declined", job.number, str(officer))
    assert entry.details == {"partner": "Cold trucks", "reason": "no truck"}
