from datetime import UTC, datetime

import pytest
from pytest_django import Settings

from market.common.management.commands.worker import run_steps

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def step_two(now: datetime) -> int:
    return 2


def step_that_fails(now: datetime) -> int:
    raise ValueError("broken")


def test_run_steps_failing_step_does_not_stop_the_others(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    settings.MARKET_WORKER_STEPS = [f"{__name__}.step_that_fails", f"{__name__}.no_such", f"{__name__}.step_two"]

    assert run_steps(NOW) == 2
    assert caplog.text.count("failed") == 2
