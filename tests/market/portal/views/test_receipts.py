"""The page where goods of many lots are received by one table."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalog.lots.actions.quarantine_lot import quarantine_lot
from catalog.lots.models import HarvestLot
from catalog.products.models import Variant
from market.common.clock import read_clock
from market.enterprises.models import Enterprise
from tests.builders import make_enterprise, make_variant, make_warehouse, stock_of
from tests.catalog.imports.tables import opened, xlsx
from tests.market.portal.people import read, send, staff_of

pytestmark = pytest.mark.django_db
PAGE = "stock/table/"


@pytest.fixture
def firm() -> Enterprise:
    enterprise = make_enterprise()
    make_warehouse(enterprise)
    return enterprise


@pytest.fixture
def packing(firm: Enterprise) -> Variant:
    return make_variant(enterprise=firm, on_hand=0)


def rows_of(packing: Variant, *lots: str) -> list[dict[str, Any]]:
    row = {"sku": packing.sku, "quantity": 5, "harvested_from": "2026-10-03"}
    return [{**row, "lot_number": lot} for lot in lots]


def hand_in(client: Client, raw: bytes, *, status: int = 200) -> str:
    return send(client, PAGE, {"file": SimpleUploadedFile("C:\\autumn.xlsx", raw)}, status=status)


def signed(page: str) -> str:
    found = re.search(r'name="rows" value="([^"]+)"', page)
    assert found is not None, page[-2500:]
    return unescape(found[1])


def test_a_table_is_looked_at_then_received_once(firm: Enterprise, packing: Variant) -> None:
    client = staff_of(firm, "warehouse")
    page = hand_in(client, xlsx([*rows_of(packing, "26A", "26B"), *rows_of(packing, "")]))

    assert "Receive 2 rows" in page
    assert "lot by lot" in page
    assert not HarvestLot.objects.exists()
    rows = signed(page)
    send(client, PAGE, {"rows": rows})
    assert "2 receipts have been recorded." in read(client, "stock/")
    send(client, PAGE, {"rows": rows})
    assert "nothing has changed" in read(client, "stock/")

    assert stock_of(packing)[0] == 10
    assert "there is nothing to receive" in hand_in(client, xlsx(rows_of(packing, "26A", "26B")))


def test_what_somebody_changed_since_the_look_is_told(firm: Enterprise, packing: Variant) -> None:
    client = staff_of(firm)
    make_variant(enterprise=firm)
    send(client, PAGE, {"rows": signed(hand_in(client, xlsx(rows_of(packing, "26A"))))})
    rows = signed(hand_in(client, xlsx([{**one, "quantity": 7} for one in rows_of(packing, "26A", "26B")])))
    quarantine_lot(HarvestLot.objects.get(number="26A"), reason="mould", by=None, now=read_clock())

    send(client, PAGE, {"rows": rows})

    page = read(client, "stock/")
    assert "1 receipt has been recorded." in page
    assert "Row 2 was not received: Lot 26A is in quarantine" in page


def test_a_look_of_somebody_else_or_too_old_or_forged_receives_nothing(firm: Enterprise, packing: Variant) -> None:
    client, colleague = staff_of(firm), staff_of(firm, "warehouse")
    rows = signed(hand_in(client, xlsx(rows_of(packing, "26A"))))

    send(colleague, PAGE, {"rows": rows})
    send(client, PAGE, {"rows": rows[:-3] + "abc"})
    send(client, PAGE, {"rows": ""})
    with time_machine.travel(read_clock() + timedelta(hours=2)):
        client.force_login(client.get("/").wsgi_request.user)  # type: ignore[arg-type]
        send(client, PAGE, {"rows": rows})

    assert not HarvestLot.objects.exists()
    assert "Please hand it in again" in read(client, PAGE)


def test_a_file_that_is_no_table_is_told_at_its_field(firm: Enterprise, packing: Variant) -> None:
    client = staff_of(firm)

    assert "The file is empty." in hand_in(client, b"", status=422)
    assert "headings" in hand_in(client, b"a,b\n1,2\n", status=422)
    send(client, PAGE, {}, status=422)


def test_the_table_to_fill_in_is_fetched(firm: Enterprise, packing: Variant) -> None:
    answer = staff_of(firm).get(f"/en/sell/{PAGE}own/")

    sheet: Any = opened(answer.content).active
    assert sheet.cell(2, 1).value == packing.sku
    assert "receipts" in answer["Content-Disposition"]


def test_who_may_not_touch_stock_has_no_such_page(firm: Enterprise, packing: Variant) -> None:
    sales = staff_of(firm, "sales")

    read(sales, PAGE, status=403)
    assert PAGE not in read(sales, "stock/")
    assert PAGE in read(staff_of(firm), "stock/")


def test_without_a_warehouse_the_page_leads_to_them(packing: Variant) -> None:
    page = read(staff_of(make_enterprise()), PAGE)

    assert "First a warehouse is needed." in page
    assert "warehouses/" in page
