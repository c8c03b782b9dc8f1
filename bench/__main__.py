"""`python -m bench [list] [detail] [--json FILE]`: real paths against floors, interleaved, CPU ms of this process.

Runs through Django's in-process handler on a throw-away test database beside DATABASE_URL's. CPU of PostgreSQL's
backends is not counted, nor do add to cart, checkout, oversell and memory have a bench yet.
"""

import argparse
import json
import os
import statistics
import time
from pathlib import Path

ROUNDS, CALLS = 5, 60
TARGETS = {"list": 2.0, "detail": 3.0}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("paths", nargs="*", default=[])
    parser.add_argument("--json", type=Path)
    wishes = parser.parse_args()
    unknown = set(wishes.paths) - set(TARGETS)
    if unknown:
        parser.error(f"not measured yet: {', '.join(sorted(unknown))}")
    os.environ["DJANGO_SETTINGS_MODULE"] = "market.config.settings"
    import django

    django.setup()
    from django.test.utils import (
        override_settings,
        setup_databases,
        setup_test_environment,
        teardown_databases,
    )

    setup_test_environment(debug=False)
    made = setup_databases(verbosity=0, interactive=False)
    try:
        with override_settings(ROOT_URLCONF="bench.urls"):
            rows = measure(wishes.paths or list(TARGETS))
    finally:
        teardown_databases(made, verbosity=0)
    for row in rows:
        print("  ".join(f"{name} {value}" for name, value in row.items()))
    if wishes.json:
        wishes.json.write_text(json.dumps(rows, indent=2))


def measure(names: list[str]) -> list[dict[str, object]]:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from tests.builders import make_enterprise, make_variant

    sellers = [make_enterprise() for _ in range(5)]
    product = [make_variant(enterprise=sellers[i % 5]).product_id for i in range(60)][-1]
    client = Client()
    real = {"list": "/api/v1/products", "detail": f"/api/v1/products/{product}"}
    floor = {"list": "/floor/list", "detail": f"/floor/detail/{product}"}

    def cost(address: str) -> float:
        start = time.process_time()
        for _ in range(CALLS):
            if client.get(address).status_code != 200:
                raise SystemExit(f"{address} failed")
        return (time.process_time() - start) * 1000 / CALLS

    rows: list[dict[str, object]] = []
    for name in names:
        rounds = [(cost(floor[name]), cost(real[name])) for _ in range(ROUNDS + 1)][1:]
        with CaptureQueriesContext(connection) as queries:
            client.get(real[name])
        low, high = ([pair[i] for pair in rounds] for i in (0, 1))
        ratio = statistics.median(high) / statistics.median(low)
        rows.append(
            {
                "figure": name,
                "min/median/max ms": "/".join(f"{f(high):.2f}" for f in (min, statistics.median, max)),
                "floor ms": round(statistics.median(low), 2),
                "ratio": round(ratio, 1),
                "target": TARGETS[name],
                "sql": len(queries),
                "verdict": "reached" if ratio <= TARGETS[name] else "not yet",
            }
        )
    return rows


if __name__ == "__main__":
    main()
