"""Programs hand in tables of products."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalog.imports.models import ImportJob
from catalog.products.models import Product
from market.enterprises.models import Enterprise
from tests.builders import make_category, make_enterprise
from tests.catalog.imports.tables import row_of, work, xlsx
from tests.market.api.keys import call, key_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm() -> Enterprise:
    make_category()
    return make_enterprise()


def post(key: dict[str, str], raw: bytes, **fields: Any) -> Any:
    body = {"file": SimpleUploadedFile("goods.xlsx", raw), **fields}
    return Client().post("/api/v1/seller/imports", body, headers={**key, "Accept-Language": "en"})


def test_program_hands_in_reads_what_is_wrong_and_runs_the_rest(firm: Enterprise) -> None:
    key = key_for(firm, "catalogue:write")
    rows = [row_of(sku, origin=firm.unit.code) for sku in ("A", "B")]
    rows[1]["unit"] = "crate"

    made = post(key, xlsx(rows), publish="true")
    assert (made.status_code, made.json()["state"]) == (201, "reading")
    address = f"/seller/imports/{made.json()['number']}"
    work(ImportJob.objects.get())
    seen = call("get", address, key=key).json()

    assert {name: seen[name] for name in ("state", "total", "new", "wrong")} == {
        "state": "checked", "total": 2, "new": 1, "wrong": 1,
    }  # fmt: skip
    (error,) = seen["errors"]
    assert (error["row"], error["sku"], error["key"], error["value"]) == (3, "B", "unit", "crate")
    assert call("get", address, {"errors_from": 1}, key=key).json()["errors"] == []
    refused = call("post", f"{address}/run", {}, key=key)
    assert (refused.status_code, refused.json()["error"]["code"]) == (409, "rows_are_wrong")
    assert call("post", f"{address}/run", {"good_rows": True}, key=key).json()["state"] == "running"
    work(ImportJob.objects.get())
    assert call("get", address, key=key).json()["new"] == 1
    assert [row.state for row in Product.objects.for_enterprise(firm.pk)] == ["published"]


def test_bad_file_too_large_a_body_and_a_missing_scope_are_refused(firm: Enterprise) -> None:
    key = key_for(firm)

    assert post(key, b"%PDF-1.7").json()["error"]["code"] == "unreadable_file"
    assert post(key, b"a,b\n" * (3 * 1024**2)).status_code == 413
    assert post(key_for(firm, "stock:write"), xlsx([row_of("A")])).status_code == 403
    assert post({}, xlsx([row_of("A")])).status_code == 401
    assert not ImportJob.objects.exists()


def test_table_of_another_seller_is_not_there(firm: Enterprise) -> None:
    number = post(key_for(firm), xlsx([row_of("A")])).json()["number"]
    stranger = key_for(make_enterprise())

    assert call("get", f"/seller/imports/{number}", key=stranger).status_code == 404
    assert call("post", f"/seller/imports/{number}/run", {}, key=stranger).status_code == 404
