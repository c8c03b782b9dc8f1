"""What tests of services begin with."""

import pytest

from tests.market.public_services.scenes import Town, make_town


@pytest.fixture
def town() -> Town:
    return make_town()
