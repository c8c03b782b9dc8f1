from datetime import UTC, datetime

import pytest
from pytest_django import Settings

from market.common.management.commands.worker import run_steps

NOW = datetime(2026, 11, 24, tzinfo=UTC)


def step_two(now: datetime) -> int:
    return 2


def step_five(now: datetime) -> int:
    return 5


def step_that_fails(now: datetime) -> int:
    raise ValueError("broken")


def test_run_steps_failing_step_does_not_stop_the_others(settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    steps = ("step_that_fails", "no_such", "step_two")
    settings.MARKET_WORKER_STEPS = {f"{__name__}.{step}": True for step in steps}

    assert run_steps(NOW) == 2
    assert caplog.text.count("failed") == 2


def test_upkeep_is_left_out_of_a_round_without_it(settings: Settings) -> None:
    settings.MARKET_WORKER_STEPS = {f"{__name__}.step_two": True, f"{__name__}.step_five": False}

    assert [run_steps(NOW, with_upkeep=with_upkeep) for with_upkeep in (True, False)] == [7, 2]
