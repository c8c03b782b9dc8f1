from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings

from market.common.deadlines.actions import close_deadline, open_deadline, run_due_deadlines
from market.common.deadlines.models import Deadline

NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
called: list[str] = []


def handle(subject: str, now: datetime) -> None:
    if subject == "bad":
        raise ValueError("no")
    called.append(subject)


@pytest.fixture(autouse=True)
def handler(settings: Settings) -> None:
    called.clear()
    settings.MARKET_DEADLINE_HANDLERS = {"test": f"{__name__}.handle"}


@pytest.mark.django_db
def test_due_deadlines_run_once_and_later_ones_wait() -> None:
    open_deadline("test", "a", due_at=NOW)
    open_deadline("test", "b", due_at=NOW + timedelta(hours=1))

    run_due_deadlines(NOW)
    run_due_deadlines(NOW)

    assert called == ["a"]


@pytest.mark.django_db
def test_closed_deadline_does_not_run() -> None:
    open_deadline("test", "a", due_at=NOW)
    close_deadline("test", "a")

    run_due_deadlines(NOW)

    assert called == []


@pytest.mark.django_db
def test_failed_handler_is_tried_again_and_does_not_stop_the_others() -> None:
    open_deadline("test", "bad", due_at=NOW - timedelta(minutes=1))
    open_deadline("test", "a", due_at=NOW)
    open_deadline("unknown", "x", due_at=NOW)

    run_due_deadlines(NOW)

    assert called == ["a"]
    bad = Deadline.objects.get(subject="bad")
    assert (bad.state, bad.attempts) == ("open", 1)
    assert bad.due_at > NOW
    assert "no handler" in Deadline.objects.get(kind="unknown").error
