import gc
from collections.abc import Iterator

import pytest

from market.config.command_line import CommandLine


@pytest.fixture(autouse=True)
def collecting() -> Iterator[None]:
    yield
    gc.unfreeze()
    gc.enable()


def test_a_command_runs_with_the_collector_on_and_what_was_loaded_before_out_of_its_way() -> None:
    gc.disable()

    command = CommandLine(["manage.py", "worker"]).fetch_command("worker")

    assert type(command).__module__ == "market.common.management.commands.worker"
    assert gc.isenabled()
    assert gc.get_freeze_count() > 0
