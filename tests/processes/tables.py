"""Tables handed in, worked on by several workers and started by several presses at once, each on a connection of its
own; two tables of one seller with the same new codes among them."""

from collections import Counter
from functools import partial
from typing import Any
from unittest.mock import patch

from django.db import connection

from catalog.imports.actions.run_import import run_import
from catalog.imports.models import ImportJob
from catalog.imports.tasks import work_on_imports
from catalog.products.models import Product, Variant
from market.common.clock import read_clock
from tests.builders import NOW, make_enterprise
from tests.catalog.imports.tables import checked, row_of, xlsx
from tests.processes.at_once import at_once

ROWS, WORKERS = 40, 6


def race_of_tables(repeats: int = 3) -> dict[str, Any]:
    """Per round: what those who pressed heard, how many packings and products there are, what the jobs counted."""
    rounds = []
    for _ in range(repeats):
        seller = make_enterprise()
        raw = xlsx([row_of(f"T{number:03d}", origin=seller.unit.code) for number in range(ROWS)])
        with patch("catalog.imports.staging.CHUNK", 5):
            jobs = [checked(seller, raw), checked(seller, raw)]
        pressed = at_once([partial(run_import, job, takes_good_rows=True, now=NOW) for job in jobs * 3])
        worked = at_once([_until_nothing_is_left] * WORKERS)
        rows = ImportJob.objects.filter(enterprise=seller).values_list("state", "new", "unchanged", "wrong")
        rounds.append(
            {
                "pressed": dict(pressed),
                "worked": dict(worked),
                "packings": Variant.objects.for_enterprise(seller.pk).count(),
                "products": Product.objects.for_enterprise(seller.pk).count(),
                "jobs": dict(Counter(" ".join(map(str, row)) for row in rows)),
            }
        )
    return {"rounds": rounds, "vendor": connection.vendor}


def _until_nothing_is_left() -> None:
    while work_on_imports(read_clock()) or ImportJob.objects.filter(state=ImportJob.State.RUNNING).exists():
        pass
