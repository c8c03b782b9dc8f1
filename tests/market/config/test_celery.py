import pytest
from celery.exceptions import OperationalError

from market.config import celery


@pytest.fixture
def attempts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A broker that is away, and a clock that stands still until a test moves it."""
    tried: list[int] = []

    def refuse(**_: object) -> None:
        tried.append(len(tried))
        raise OperationalError("connection refused")

    monkeypatch.setattr(celery.run_worker_steps, "apply_async", refuse)
    monkeypatch.setattr(celery, "_quiet_until", 0.0)
    monkeypatch.setattr(celery, "_covered_until", 0.0)
    monkeypatch.setattr("market.config.celery.monotonic", lambda: 1000.0)
    return tried


def test_wake_broker_away_is_no_error_and_not_tried_at_each_commit(
    attempts: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    celery.wake("outbox")
    celery.wake("outbox")
    assert len(attempts) == 1

    monkeypatch.setattr("market.config.celery.monotonic", lambda: 1000.0 + celery.QUIET_SECONDS)
    celery.wake("outbox")
    assert len(attempts) == 2


def test_first_event_of_a_burst_wakes_for_all_that_come_within_its_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[object] = []
    clock = [1000.0]
    monkeypatch.setattr(celery.run_worker_steps, "apply_async", lambda **how: sent.append((clock[0], how["countdown"])))
    monkeypatch.setattr(celery, "_quiet_until", 0.0)
    monkeypatch.setattr(celery, "_covered_until", 0.0)
    monkeypatch.setattr("market.config.celery.monotonic", lambda: clock[0])

    for _ in range(100):
        celery.wake("inbox")
        celery.wake("outbox")
    clock[0] += celery.MOMENT
    celery.wake("outbox")

    assert sent == [(1000.0, celery.MOMENT), (1000.0 + celery.MOMENT, celery.MOMENT)]


def test_wake_takes_time_and_covers_no_event_that_its_worker_may_miss(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [1000.0]
    sent: list[float] = []

    def send(**_: object) -> None:
        clock[0] += 0.5 * celery.MOMENT
        sent.append(clock[0])

    monkeypatch.setattr(celery.run_worker_steps, "apply_async", send)
    monkeypatch.setattr(celery, "_quiet_until", 0.0)
    monkeypatch.setattr(celery, "_covered_until", 0.0)
    monkeypatch.setattr("market.config.celery.monotonic", lambda: clock[0])

    celery.wake("outbox")
    clock[0] = 1000.0 + celery.MOMENT
    celery.wake("outbox")

    assert len(sent) == 2
