"""Real files of products, as sellers' programs save them."""

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from openpyxl import Workbook, load_workbook

from catalog.imports.actions.upload_file import upload_file
from catalog.imports.models import ImportJob
from catalog.imports.tasks import work_on_imports
from market.accounts.models import User
from market.enterprises.models import Enterprise
from tests.builders import NOW, make_category, make_member

PRICE = "domestic.amount_1"


def row_of(sku: str, **cells: Any) -> dict[str, Any]:
    """A new product of one packing, good as it stands; keys are those of the columns, which are headings too."""
    given = {"sku": sku, "name_zh": f"灰枣 {sku}", "category": "jujube", "unit": "XBX", "net_kg": 5, "gross_kg": 5.4}
    return {**given, PRICE: 30, **{name.replace("__", "."): value for name, value in cells.items()}}


def xlsx(rows: Sequence[Mapping[str, Any]], headings: Sequence[str] = ()) -> bytes:
    names = list(headings) or list(dict.fromkeys(name for row in rows for name in row))
    book = Workbook()
    sheet: Any = book.active
    sheet.append(names)
    for row in rows:
        sheet.append([row.get(name) for name in names])
    return saved(book)


def saved(book: Workbook) -> bytes:
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def opened(raw: bytes) -> Workbook:
    return load_workbook(io.BytesIO(raw))


def csv_of(rows: Sequence[Mapping[str, Any]], encoding: str = "utf-8", delimiter: str = ",") -> bytes:
    names = list(dict.fromkeys(name for row in rows for name in row))
    file = io.StringIO()
    writer = csv.writer(file, delimiter=delimiter)
    writer.writerow(names)
    writer.writerows([[row.get(name, "") for name in names] for row in rows])
    return file.getvalue().encode(encoding)


def upload(enterprise: Enterprise, raw: bytes, *, publishes: bool = False, by: User | None = None) -> ImportJob:
    make_category()
    by = by or make_member(enterprise)
    return upload_file(enterprise, raw, file_name="products.xlsx", publishes=publishes, by=by, now=NOW)


def work(job: ImportJob) -> ImportJob:
    """Until the worker finds nothing more to do."""
    while work_on_imports(NOW):
        pass
    job.refresh_from_db()
    return job


def checked(enterprise: Enterprise, raw: bytes, *, publishes: bool = False) -> ImportJob:
    return work(upload(enterprise, raw, publishes=publishes))


def counts(job: ImportJob) -> tuple[int, int, int, int]:
    """New, changed, unchanged, wrong."""
    return job.new, job.changed, job.unchanged, job.wrong
