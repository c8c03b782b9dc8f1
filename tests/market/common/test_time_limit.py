import time

import pytest
from django.db import OperationalError, connection, transaction

from market.common.time_limit import TimeIsOver, time_limit

pytestmark = pytest.mark.django_db
COUNTING = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 2000000000) SELECT COUNT(*) FROM n"
SLOW = {"postgresql": "SELECT pg_sleep(60)", "sqlite": COUNTING}


def run(sql: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def run_slowly() -> object:
    return run(SLOW[connection.vendor])


def test_slow_statement_is_ended_and_the_transaction_goes_on() -> None:
    begun = time.monotonic()

    with transaction.atomic():
        with pytest.raises(TimeIsOver), time_limit(0.05):
            run_slowly()
        assert run("SELECT 1") == 1

    assert time.monotonic() - begun < 20


def test_limit_ends_with_its_block() -> None:
    with time_limit(30):
        assert run("SELECT 1") == 1

    if connection.vendor == "postgresql":
        assert run("SHOW statement_timeout") == "0"
        with transaction.atomic():
            with time_limit(30):
                assert run("SHOW statement_timeout") == "30s"
            assert run("SHOW statement_timeout") == "0"


def test_other_failures_are_what_they_were() -> None:
    with pytest.raises(Exception, match="no_such_table") as caught, transaction.atomic(), time_limit(30):
        run("SELECT * FROM no_such_table")

    assert not isinstance(caught.value, TimeIsOver)
    with time_limit(None):
        assert run("SELECT 1") == 1
    assert issubclass(TimeIsOver, Exception)
    assert not issubclass(TimeIsOver, OperationalError)
