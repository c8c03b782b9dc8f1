"""Officers define what goods of a category are described by: who may, what they see, what is refused."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from catalog.products.models import Attribute, AttributeValue, Product
from market.common.audit.models import AuditEntry
from tests.builders import NOW, make_category, make_officer, make_regiment, make_user, make_variant
from tests.catalog.products.attributes import make_brix, make_by_hand, make_size
from tests.market.office.people import signed_in, statements_of, top_unit

pytestmark = pytest.mark.django_db
OPS = "/en/ops/attributes/"
SIZES = "large | 大果 | Large | Крупный\n\nsmall｜小果\n"


@pytest.fixture
def top() -> Client:
    return signed_in(make_officer(top_unit()))


def wish(**wishes: Any) -> dict[str, Any]:
    return {"name_zh": "等级", "name_en": "Size", "position": "3", "is_facet": "on"} | wishes


def new(**wishes: Any) -> dict[str, Any]:
    return wish() | {"category": make_category().pk, "code": "size", "kind": "choice", "values": SIZES} | wishes


def test_officer_at_the_top_adds_changes_orders_and_retires(top: Client) -> None:
    assert top.post(f"{OPS}new/", new()).status_code == 302
    row = Attribute.objects.get()
    assert list(row.values.values_list("code", "name_zh", "name_ru")) == [
        ("large", "大果", "Крупный"),
        ("small", "小果", ""),
    ]
    Product.objects.filter(pk=make_variant().product_id).update(attributes={"size": "large"})

    page = top.get(f"{OPS}{row.pk}/").content.decode()
    assert "large | 大果 | Large | Крупный\nsmall | 小果" in page
    assert "<dd>1</dd>" in page
    changed = wish(values="small | 小枣 | Small", is_required="on", version=row.updated_at.isoformat())
    assert top.post(f"{OPS}{row.pk}/", changed).status_code == 302

    assert dict(AttributeValue.objects.values_list("code", "is_retired")) == {"large": True, "small": False}
    assert Attribute.objects.get().is_required
    assert AuditEntry.objects.filter(action="catalogue.attribute").count() == 2
    again = top.get(f"{OPS}{row.pk}/").content.decode()
    assert "large (" in again
    assert "an attribute of goods was written" in again
    assert "required" in top.get(OPS).content.decode()


@pytest.mark.parametrize(
    ("wishes", "told"),
    [
        ({"code": "大小"}, "small Latin letters"),
        ({"values": "large"}, "Line 1: code"),
        ({"values": "a|b|c|d|e"}, "Line 1: code"),
        ({"values": ""}, "at least one value"),
        ({"values": "a|甲\na|乙"}, "“a” stands there twice"),
        ({"kind": "number", "steps": "12 x"}, "such as 12 14 16.5"),
        ({"kind": "number", "steps": "14 12"}, "above the one before it"),
        ({"name_zh": ""}, "Please fill this in."),
        ({"position": "first"}, "A whole number"),
        ({"category": "99999"}, "Please choose one of the categories."),
    ],
)
def test_what_makes_no_sense_is_told_at_its_field(top: Client, wishes: dict[str, str], told: str) -> None:
    answer = top.post(f"{OPS}new/", new(**wishes))

    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert not Attribute.objects.exists()


def test_numbers_have_ranges_and_units(top: Client) -> None:
    assert top.post(f"{OPS}new/", new(code="brix", kind="number", unit_zh="%", steps="12　14 16.5")).status_code == 302

    row = Attribute.objects.get()
    assert (row.steps, row.unit_zh, row.values.count()) == (["12", "14", "16.5"], "%", 0)
    page = top.get(f"{OPS}{row.pk}/").content.decode()
    assert 'value="12 14 16.5"' in page
    assert 'name="values"' not in page


def test_second_officer_is_told(top: Client) -> None:
    row = make_size()
    old = row.updated_at.isoformat()
    Attribute.objects.update(updated_at=NOW + timedelta(seconds=5), name_zh="大小")

    answer = top.post(f"{OPS}{row.pk}/", wish(values=SIZES, version=old))

    assert answer.status_code == 409
    assert Attribute.objects.get().name_zh == "大小"
    assert top.post(f"{OPS}{row.pk}/", wish(values=SIZES)).status_code == 409  # has seen nothing


def test_reviewers_below_read_and_others_find_nothing() -> None:
    row = make_size()
    top_unit()
    below = signed_in(make_officer(make_regiment()))

    assert below.get(OPS).status_code == 200
    assert "decided at the top" in below.get(f"{OPS}{row.pk}/").content.decode()
    assert below.get(f"{OPS}new/").status_code == 404
    assert below.post(f"{OPS}new/", new(code="other")).status_code == 404
    assert below.post(f"{OPS}{row.pk}/", wish(values="a|甲")).status_code == 404
    for stranger in (make_officer(make_regiment(), "finance"), make_user()):
        assert signed_in(stranger).get(OPS).status_code == 404
    assert Attribute.objects.count() == 1


def test_list_costs_the_same_for_any_number(top: Client) -> None:
    make_size()
    top.get(OPS)
    one = statements_of(lambda: top.get(OPS))
    make_brix(), make_by_hand(make_category("walnut"))

    assert statements_of(lambda: top.get(OPS)) == one
