from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from django.db import transaction
from pytest_django import Settings

from market.common.outbox.models import OutboxEvent
from market.common.outbox.record import record_event
from tests.builders import NOW

pytestmark = pytest.mark.django_db
woken: list[str] = []
Capture = Callable[..., AbstractContextManager[list[Any]]]


def wake(step: str) -> None:
    woken.append(step)


def fail(step: str) -> None:
    raise ConnectionError("nobody there")


def record(settings: Settings, capture: Capture, path: str) -> None:
    woken.clear()
    settings.MARKET_WAKE = f"tests.market.common.outbox.test_record.{path}"
    with capture(execute=True), transaction.atomic():
        record_event("product.changed", 1, now=NOW)
        assert woken == []  # not before the change is there to be seen


def test_record_wakes_the_worker_after_commit(settings: Settings, django_capture_on_commit_callbacks: Capture) -> None:
    record(settings, django_capture_on_commit_callbacks, "wake")

    assert woken == ["outbox"]


def test_record_a_wake_that_fails_does_not_fail_the_change(
    settings: Settings, django_capture_on_commit_callbacks: Capture
) -> None:
    record(settings, django_capture_on_commit_callbacks, "fail")

    assert OutboxEvent.objects.filter(done_at__isnull=True).count() == 1
