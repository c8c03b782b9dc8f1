from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from market.common.outbox import drain
from market.common.outbox.models import OutboxEvent
from market.common.outbox.record import record_event

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
seen: list[str] = []


def receive(events: Sequence[OutboxEvent], now: datetime) -> None:
    if any(event.subject == "bad" for event in events):
        raise ValueError("cannot digest this one")
    seen.extend(event.subject for event in events)


@pytest.fixture(autouse=True)
def receiver(settings: Settings) -> None:
    seen.clear()
    settings.MARKET_EVENT_RECEIVERS = {"test.topic": [f"{__name__}.receive"]}


def record(*subjects: str) -> None:
    with transaction.atomic():
        for subject in subjects:
            record_event("test.topic", subject, now=NOW)


@pytest.mark.django_db
def test_drain_delivers_each_event_once() -> None:
    record("1", "2")

    assert drain.drain_outbox(NOW) == 2
    assert drain.drain_outbox(NOW) == 0
    assert seen == ["1", "2"]


@pytest.mark.django_db
def test_drain_takes_what_is_due_longest_first_and_hands_it_over_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drain, "BATCH", 2)
    record("1", "2", "3")
    for subject, minutes in (("1", 1), ("2", 2), ("3", 3)):
        OutboxEvent.objects.filter(subject=subject).update(due_at=NOW - timedelta(minutes=minutes))

    assert [drain.drain_outbox(NOW) for _ in range(3)] == [2, 1, 0]
    assert seen == ["2", "3", "1"]


@pytest.mark.django_db
def test_drain_looks_for_open_events_among_the_open_ones_only() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("of a small table PostgreSQL reads everything, whatever there is")
    record("1")
    with CaptureQueriesContext(connection) as queries:
        drain._claim(NOW)

    looks = [query["sql"] for query in queries if str(query["sql"]).startswith("SELECT")]
    assert len(looks) == 2
    for look in looks:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {look}")
            assert "outbox_open" in str(cursor.fetchall())


@pytest.mark.django_db
def test_thousands_that_may_wait_keep_nothing_else_waiting(settings: Settings) -> None:
    settings.MARKET_PATIENT_TOPICS = ("slow.topic",)
    settings.MARKET_EVENT_RECEIVERS |= {"slow.topic": [f"{__name__}.receive"]}
    with transaction.atomic():
        for place in range(45):
            record_event("slow.topic", f"slow {place}", now=NOW)
    record("1", "2")

    assert [drain.drain_outbox(NOW) for _ in range(4)] == [22, 20, 5, 0]

    assert seen == ["1", "2", *[f"slow {place}" for place in range(45)]]


@pytest.mark.django_db
def test_drain_one_bad_event_does_not_hold_up_the_others() -> None:
    record("1", "bad", "2")

    drain.drain_outbox(NOW)

    assert seen == ["1", "2"]
    bad = OutboxEvent.objects.get(subject="bad")
    assert (bad.attempts, bad.done_at, bad.dead_at) == (1, None, None)
    assert bad.due_at > NOW
    assert "cannot digest" in bad.error


@pytest.mark.django_db
def test_drain_gives_up_visibly_after_eight_attempts() -> None:
    record("bad")
    now = NOW

    for _ in range(drain.MAX_ATTEMPTS):
        drain.drain_outbox(now)
        now += timedelta(hours=1)

    bad = OutboxEvent.objects.get()
    assert bad.dead_at is not None
    assert drain.drain_outbox(now) == 0


@pytest.mark.django_db
def test_drain_takes_over_what_a_killed_worker_had_claimed() -> None:
    record("1")
    drain._claim(NOW)

    assert drain.drain_outbox(NOW) == 0
    assert drain.drain_outbox(NOW + drain.LEASE + timedelta(seconds=1)) == 1
    assert seen == ["1"]


@pytest.mark.django_db
def test_events_of_a_rolled_back_change_do_not_exist() -> None:
    with transaction.atomic():
        record_event("test.topic", "1", now=NOW)
        transaction.set_rollback(True)

    assert not OutboxEvent.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_record_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="in the transaction"):
        record_event("test.topic", "1", now=NOW)


@pytest.mark.django_db
def test_oldest_open_and_forget_done() -> None:
    record("1")

    assert drain.oldest_open(NOW + timedelta(seconds=30)) == timedelta(seconds=30)
    drain.drain_outbox(NOW)
    assert drain.oldest_open(NOW + timedelta(seconds=30)) == timedelta(0)
    assert drain.forget_done(NOW + timedelta(days=6)) == 0
    assert drain.forget_done(NOW + timedelta(days=8)) == 1
    assert drain.forget_done(NOW + timedelta(days=8)) == 0
    assert "market.common.outbox.drain.forget_done" in settings.MARKET_WORKER_STEPS


def receive_some(events: Sequence[OutboxEvent], now: datetime) -> None:
    bad = {event.pk: ValueError("cannot digest this one") for event in events if event.subject == "bad"}
    seen.extend(event.subject for event in events if event.pk not in bad)
    if bad:
        raise drain.SomeFailed(bad)


def receive_later(events: Sequence[OutboxEvent], now: datetime) -> None:
    seen.append("tried")
    raise drain.TryLater("the server is away")


@pytest.mark.django_db
def test_drain_receiver_that_names_the_failed_ones_is_called_once(settings: Settings) -> None:
    settings.MARKET_EVENT_RECEIVERS = {"test.topic": [f"{__name__}.receive_some"]}
    record("1", "bad", "2")

    drain.drain_outbox(NOW)

    assert seen == ["1", "2"]
    assert list(OutboxEvent.objects.filter(done_at=None).values_list("subject", "attempts")) == [("bad", 1)]


@pytest.mark.django_db
def test_drain_receiver_whose_server_is_away_is_asked_once_a_batch_and_no_event_dies(settings: Settings) -> None:
    settings.MARKET_EVENT_RECEIVERS = {"test.topic": [f"{__name__}.receive_later"]}
    record("1", "2", "3")

    for hour in range(3 * drain.MAX_ATTEMPTS):
        drain.drain_outbox(NOW + timedelta(hours=hour))

    assert len(seen) == 3 * drain.MAX_ATTEMPTS
    events = list(OutboxEvent.objects.all())
    assert [(event.done_at, event.dead_at) for event in events] == [(None, None)] * 3
    assert {"the server is away" in event.error for event in events} == {True}
    last = NOW + timedelta(hours=3 * drain.MAX_ATTEMPTS)
    assert all(event.due_at < last + timedelta(minutes=10) for event in events)


@pytest.mark.django_db
def test_drain_says_once_that_events_wait_and_once_that_they_go_on(
    settings: Settings, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drain, "_said_at", {})
    settings.MARKET_EVENT_RECEIVERS = {"test.topic": [f"{__name__}.receive_later"]}
    record(*map(str, range(30)))

    for hour in range(5):
        drain.drain_outbox(NOW + timedelta(hours=hour))
    settings.MARKET_EVENT_RECEIVERS = {"test.topic": [f"{__name__}.receive"]}
    drain.drain_outbox(NOW + timedelta(hours=9))

    said = [record.getMessage() for record in caplog.records]
    assert [("server is away" in line, "go on" in line) for line in said] == [(True, False), (False, True)]
    assert not OutboxEvent.objects.filter(done_at=None).exists()


@pytest.mark.django_db
def test_drain_of_a_clock_that_was_set_back_does_not_wait_for_the_old_time() -> None:
    """Recorded, put off or claimed by a clock that was a day ahead."""
    record("1", "bad", "2")
    OutboxEvent.objects.filter(subject="1").update(claimed_until=NOW + drain.LEASE)
    OutboxEvent.objects.filter(subject="bad").update(attempts=3, due_at=NOW + timedelta(seconds=10))
    before = NOW - timedelta(days=1)

    assert drain.drain_outbox(before) == 3

    assert sorted(seen) == ["1", "2"]
    assert OutboxEvent.objects.get(done_at=None).attempts == 4


@pytest.mark.django_db
def test_drain_leaves_what_another_host_claimed_whose_clock_is_minutes_ahead() -> None:
    record("1")
    drain._claim(NOW)

    assert drain.drain_outbox(NOW - timedelta(minutes=7)) == 0


@pytest.mark.django_db
def test_try_again_makes_due_what_waits_and_brings_back_what_was_given_up() -> None:
    record("waits", "dead", "done", "fresh")
    OutboxEvent.objects.filter(subject="waits").update(attempts=5, due_at=NOW + timedelta(minutes=2))
    OutboxEvent.objects.filter(subject="dead").update(attempts=8, dead_at=NOW)
    OutboxEvent.objects.filter(subject="done").update(attempts=1, done_at=NOW)

    assert drain.try_again(["other.topic"], NOW) == 0
    assert drain.try_again(["test.topic"], NOW) == 2
    drain.drain_outbox(NOW)

    assert sorted(seen) == ["dead", "fresh", "waits"]
    assert not OutboxEvent.objects.exclude(done_at__isnull=False, dead_at=None).exists()
