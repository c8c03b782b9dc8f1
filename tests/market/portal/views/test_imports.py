"""The pages where many products are handed in at once."""

from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalog.imports.models import ImportJob
from catalog.products.models import Product
from market.enterprises.models import Enterprise
from tests.builders import make_category, make_enterprise, make_variant
from tests.catalog.imports.tables import checked, csv_of, opened, row_of, work, xlsx
from tests.market.portal.people import SELL, read, send, staff_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Enterprise:
    make_category()
    return make_enterprise()


def hand_in(client: Client, raw: bytes, *, becomes: str = "draft", status: int = 302) -> str:
    """What the page says."""
    file = SimpleUploadedFile("D:\\goods\\autumn.xlsx", raw)
    return send(client, "imports/", {"file": file, "becomes": becomes}, status=status)


def rows_for(firm: Enterprise, *skus: str) -> list[dict[str, Any]]:
    return [row_of(sku, origin=firm.unit.code) for sku in skus]


def test_table_is_handed_in_looked_at_and_taken_over(firm: Enterprise) -> None:
    client = staff_of(firm, "sales")
    rows = rows_for(firm, "A", "B", "C")
    rows[2]["unit"] = "crate"

    hand_in(client, xlsx(rows), becomes="published")
    job = ImportJob.objects.get()
    assert "every 2s" in read(client, f"imports/{job.number}/")
    work(job)
    page = read(client, f"imports/{job.number}/")
    assert "every 2s" not in page
    assert "Take over the 2 good rows" in page
    assert "crate" in page
    assert "this is none of the list" in page
    send(client, f"imports/{job.number}/run/", {"good": "1"})
    work(job)

    assert {row.state for row in Product.objects.for_enterprise(firm.pk)} == {"published"}
    assert job.file_name == "autumn.xlsx"
    assert job.number in read(client, "imports/")


def test_wrong_rows_stop_a_run_that_was_not_told_to_leave_them_out(firm: Enterprise) -> None:
    client = staff_of(firm)
    rows = rows_for(firm, "A", "B")
    rows[1]["unit"] = "crate"
    job = checked(firm, xlsx(rows))

    send(client, f"imports/{job.number}/run/", {})

    assert "1 rows are wrong" in read(client, f"imports/{job.number}/")
    assert work(job).state == ImportJob.State.CHECKED


def test_bad_file_is_told_at_its_field(firm: Enterprise) -> None:
    client = staff_of(firm)

    assert "The file is empty." in hand_in(client, b"", status=422)
    assert "old kind" in hand_in(client, bytes.fromhex("d0cf11e0a1b11ae1"), status=422)
    assert "MB" in hand_in(client, b"a," * (6 * 1024**2), status=422)
    assert not ImportJob.objects.exists()


def test_file_that_turns_out_to_be_no_table_says_so_on_its_page(firm: Enterprise) -> None:
    client = staff_of(firm)
    hand_in(client, csv_of([{"a": "1", "b": "2"}]))
    job = work(ImportJob.objects.get())

    assert job.state == ImportJob.State.UNREADABLE
    assert "No row with our headings" in read(client, f"imports/{job.number}/")


def test_table_of_another_firm_is_not_there(firm: Enterprise) -> None:
    row = rows_for(firm, "A")[0] | {"unit": "crate"}
    job = checked(firm, xlsx([row, *rows_for(firm, "B")]))
    stranger = staff_of(make_enterprise())

    for path in ("", "workbook/"):
        read(stranger, f"imports/{job.number}/{path}", status=404)
    send(stranger, f"imports/{job.number}/run/", {"good": "1"}, status=404)

    assert job.number not in read(stranger, "imports/")
    assert work(job).state == ImportJob.State.CHECKED


@pytest.mark.parametrize("role", ["warehouse", "finance", "viewer"])
def test_only_who_may_write_products_hands_in_tables(firm: Enterprise, role: str) -> None:
    read(staff_of(firm, role), "imports/", status=403)


def test_workbooks_are_fetched(firm: Enterprise) -> None:
    client = staff_of(firm)
    variant, foreign = make_variant(enterprise=firm), make_variant()
    bad = checked(firm, xlsx([{"sku": variant.sku, "unit": "crate"}]))
    category = variant.product.category_id

    books = {}
    for path in (f"template/?category={category}&channel=export", "own/", f"{bad.number}/workbook/"):
        answer = client.get(f"{SELL}imports/{path}")
        assert (answer.status_code, "attachment" in answer["Content-Disposition"]) == (200, True)
        books[path.partition("/")[0]] = opened(answer.content).worksheets[0]

    headings = [cell.value for cell in books["template"][1]]
    assert any("USD" in str(heading) for heading in headings)
    assert not any("CNY" in str(heading) for heading in headings)
    own = [cell.value for line in books["own"].iter_rows(min_row=2) for cell in line]
    assert variant.sku in own
    assert foreign.sku not in own
    with time_machine.travel("2026-12-31T16:01Z"):  # the morning after in the market
        named = staff_of(firm).get(f"{SELL}imports/own/")["Content-Disposition"]
    assert "2027-01-01" in named
    assert books[bad.number].max_row == 2


def test_template_without_a_category_asks_for_one(firm: Enterprise) -> None:
    client = staff_of(firm)

    send_to = client.get(f"{SELL}imports/template/")

    assert send_to.status_code == 302
    assert "Please choose a category." in read(client, "imports/")


def test_wrong_rows_come_in_pages(firm: Enterprise, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.imports.staging.CHUNK", 20)
    rows = [row | {"unit": "crate"} for row in rows_for(firm, *(f"S{number:03d}" for number in range(120)))]
    client = staff_of(firm)
    job = checked(firm, xlsx(rows))

    pages = [read(client, f"imports/{job.number}/?page={page}") for page in (1, 2, 3)]

    assert [page.count("crate") for page in pages] == [50, 50, 20]
    assert "S049" in pages[0]
    assert "S050" in pages[1]
    assert "S119" in pages[2]
