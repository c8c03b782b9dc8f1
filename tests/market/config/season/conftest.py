from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from market.config.season.build import build_season
from tests.drawn import lay_pictures

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def season(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[datetime]:
    """The season once for all tests of a module, rolled back behind them; gives the time it was built at. What
    PostgreSQL puts off until the commit is done here, or each test would do it at its end, and undo it."""
    with django_db_blocker.unblock(), transaction.atomic():
        lay_pictures()
        build_season(scale=1, now=NOW)
        connection.check_constraints()
        yield NOW
        transaction.set_rollback(True)
