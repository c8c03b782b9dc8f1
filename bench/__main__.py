"""`python -m bench [figure ...] [--json FILE]`: real paths against floors, interleaved.

The gate is CPU of application and database backends, and the number of statements. Runs real servers on a database of
its own beside DATABASE_URL's (PostgreSQL on this machine), or on an SQLite file.
"""

import argparse
import json
import os
import tempfile
from pathlib import Path

from bench.database import BenchDatabase
from bench.figures import FIGURES
from bench.ratio import Count, Figure, table
from bench.stage import Stage

STANDARD_SCALE = 33  # about 10,000 products


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("figures", nargs="*", metavar="figure", help=", ".join(FIGURES))
    parser.add_argument("--json", type=Path, help="write the table there as JSON too")
    parser.add_argument("--scale", type=int, default=STANDARD_SCALE, help="sample seasons; 33 are 10,000 products")
    parser.add_argument("--products", type=int, default=0, help="search: so many documents, copies beyond the season")
    wishes = parser.parse_args()
    unknown = sorted(set(wishes.figures) - set(FIGURES))
    if unknown:
        parser.error(f"no such figure: {', '.join(unknown)}; there are {', '.join(FIGURES)}")
    with tempfile.TemporaryDirectory(prefix="tuanji-bench-") as folder:
        rows = measure(BenchDatabase(Path(folder)), wishes.figures or list(FIGURES), wishes.scale, wishes.products)
    print(table(rows))
    if wishes.json:
        wishes.json.write_text(json.dumps([row.as_json() for row in rows], indent=2, ensure_ascii=False))


def measure(database: BenchDatabase, names: list[str], scale: int, products: int = 0) -> list[Figure | Count]:
    database.build(scale)
    os.environ.update(database.environment)
    import django

    django.setup()
    stage = Stage(database, products=products)
    try:
        return [row for name in names for row in FIGURES[name](stage)]
    finally:
        stage.stop()


if __name__ == "__main__":
    main()
