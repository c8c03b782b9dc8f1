import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import transaction
from pytest_django import Settings

from market.common.databases import for_lists

SHOW = (
    "import django; django.setup(); from django.conf import settings; from market.common.databases import for_lists;"
    "from django.db import connections; print(for_lists(), connections[for_lists()].settings_dict['NAME'])"
)


@pytest.mark.django_db(transaction=True)
def test_lists_are_read_from_the_replica_outside_of_transactions_only(settings: Settings) -> None:
    settings.MARKET_LISTS_DATABASE = "replica"

    outside = for_lists()
    with transaction.atomic():
        inside = for_lists()

    assert (outside, inside) == ("replica", "default")


@pytest.mark.parametrize(("replica", "shown"), [("", "default"), ("replica.sqlite3", "replica")])
def test_replica_of_the_environment_is_where_lists_are_read(tmp_path: Path, replica: str, shown: str) -> None:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "market.config.settings", "DATA_DIR": str(tmp_path)}
    environment |= {"DATABASE_URL": f"sqlite:///{tmp_path}/main.sqlite3", "SECRET_KEY": "x" * 60}
    environment.pop("DATABASE_REPLICA_URL", None)
    environment |= {"DATABASE_REPLICA_URL": f"sqlite:///{tmp_path}/{replica}"} if replica else {}

    answer = subprocess.run(
        [sys.executable, "-c", SHOW], env=environment, capture_output=True, text=True, check=True, timeout=120
    )

    assert answer.stdout.split() == [shown, f"{tmp_path}/{replica or 'main.sqlite3'}"]
