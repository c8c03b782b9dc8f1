"""A real server that stands for a partner with an API."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from tests.orders.inbox.partner import PartnerServer, partner_server


@pytest.fixture
def easypost(settings: Settings) -> Iterator[PartnerServer]:
    with partner_server(settings, "easypost") as partner:
        yield partner
