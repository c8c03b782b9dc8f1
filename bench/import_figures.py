"""A workbook of new products, from its bytes to being found, against Django's `bulk_create` of as many product rows."""

import gc
import io
import resource
from collections.abc import Callable
from functools import partial
from typing import Any

from bench.ratio import Count, Figure, compare
from bench.search_figures import cost
from bench.stage import Stage

ROWS, MANY = 2_000, 10_000
MOST_GROWTH_MIB = 48
WORDS = ("灰枣", "骏枣", "核桃", "葡萄干", "无花果", "杏干", "巴旦木", "枸杞")

HEADINGS = [
    *("sku", "name_zh", "name_en", "name_ru", "category", "origin", "grade", "season_months"),
    *("unit", "net_kg", "gross_kg", "domestic.moq", "domestic.amount_1", "domestic.from_2", "domestic.amount_2"),
    "description_zh",
]


def imports(stage: Stage) -> list[Figure | Count]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    gc.collect()
    gc.freeze()  # as the worker does once it is warm

    def taken(name: str, packings: int, rows: int = ROWS) -> float:
        raw = workbook(name, packings, rows)
        return cost(stage, [lambda: take_over(raw)]) / rows

    found: list[Figure | Count] = []
    for packings in (1, 4):
        rounds = iter(range(100))
        real = _each(rounds, partial(_named, taken, packings))
        name = f"import, {packings} packing{'s' if packings > 1 else ''} a product, a row"
        found.append(compare(name, real, lambda: cost(stage, [bulk_create]) / ROWS, target=4, rounds=3))
    with CaptureQueriesContext(connection) as asked:
        run_chunks(workbook("S", 1, 500))
    statements = sum("SAVEPOINT" not in str(query["sql"]) for query in asked.captured_queries)
    found.append(Count("import, statements of 500 rows", str(statements), "<= 100", statements <= 100))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    taken("M", 4, MANY)
    growth = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1024
    wanted = f"<= {MOST_GROWTH_MIB} MiB"
    found.append(Count(f"import, more memory for {MANY} rows", f"{growth:.0f} MiB", wanted, growth <= MOST_GROWTH_MIB))
    return found


def _named(taken: Callable[[str, int], float], packings: int, turn: int) -> float:
    return taken(f"{packings}P{turn}", packings)


def _each(turns: Any, call: Callable[[int], float]) -> Callable[[], float]:
    return lambda: call(next(turns))


def workbook(prefix: str, packings: int, rows: int) -> bytes:
    """New products with texts of their own, as a seller's program saves them."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(HEADINGS)
    unit, category = _seller().unit.code, _category().slug
    for number in range(rows):
        product, place = divmod(number, packings)
        name = f"{WORDS[product % len(WORDS)]} {prefix}{product}"
        said = [
            name,
            f"Dried fruit {prefix}{product}",
            f"Сухофрукты {prefix}{product}",
            category,
            unit,
            "first",
            "9-11",
        ]
        text = f"{name}，当季采收，颗粒饱满，{product} 号地块。"
        packing = ["XBX", 5 + place, 5.5 + place, 2, 30 - place, 50, 28.5 - place]
        sheet.append([f"{prefix}-{number}", *(said if not place else [None] * 7), *packing, None if place else text])
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def take_over(raw: bytes) -> None:
    """Handed in, read, checked, run, and the outbox drained: the products are found."""
    run_chunks(raw)
    drain()


def drain() -> None:
    from market.common.clock import read_clock
    from market.common.outbox.drain import drain_outbox

    while drain_outbox(read_clock()):
        pass


def run_chunks(raw: bytes) -> None:
    from catalog.imports.actions.run_import import run_import
    from catalog.imports.actions.upload_file import upload_file
    from catalog.imports.models import ImportJob
    from catalog.imports.tasks import work_on_imports
    from market.common.clock import read_clock

    seller = _seller()
    by = seller.members.order_by("pk")[0].user
    job = upload_file(seller, raw, file_name="bench.xlsx", publishes=True, by=by, now=read_clock())
    for _part in ("check", "run"):
        while work_on_imports(read_clock()):
            pass
        job.refresh_from_db()
        if job.state == ImportJob.State.CHECKED:
            run_import(job, takes_good_rows=False, now=read_clock())
    if job.wrong or job.state != ImportJob.State.DONE:
        raise SystemExit(f"the import ended {job.state} with {job.wrong} wrong rows {job.problem}")


def bulk_create() -> None:
    """The floor: product rows alone, without rules, packings, prices, or anybody told of them, triggers included."""
    from django.db import transaction

    from catalog.products.events import tells_of_all
    from catalog.products.models import Product
    from market.common.clock import read_clock

    seller, category, now = _seller(), _category(), read_clock()
    with transaction.atomic():
        tells_of_all()
        Product.objects.bulk_create(
            Product(
                enterprise=seller,
                category=category,
                origin_unit=seller.unit,
                name_zh=f"{WORDS[number % len(WORDS)]} {number}",
                name_en=f"Dried fruit {number}",
                name_ru=f"Сухофрукты {number}",
                description_zh=f"当季采收，颗粒饱满，{number} 号地块。",
                season_months=[9, 10, 11],
                created_at=now,
                updated_at=now,
            )
            for number in range(ROWS)
        )


def _seller() -> Any:
    from market.enterprises.models import Enterprise

    return Enterprise.objects.select_related("unit").filter(state="approved", members__isnull=False).order_by("pk")[0]


def _category() -> Any:
    from catalog.products.models import Category

    return Category.objects.exclude(parent=None).order_by("path")[0]
