from collections.abc import Callable, Iterator

import pytest
from pytest_django import Settings

from tests.orders.outbound.receiver import Receiver, listening


@pytest.fixture
def receiver(settings: Settings) -> Iterator[Callable[[], Receiver]]:
    with listening(settings) as start:
        yield start
