"""What the check says of rows that are wrong, and that the rules are those of the pages."""

from typing import Any

import pytest
from django.utils.translation import override

from catalog.imports.models import ImportJob
from catalog.imports.verdicts import Outcome, Problem, Verdict, verdicts_from_text
from catalog.products.models import Product, Variant
from market.enterprises.models import Enterprise
from tests.builders import make_enterprise, make_regiment, make_variant
from tests.catalog.imports.tables import PRICE, checked, counts, csv_of, row_of, xlsx
from tests.catalog.products.attributes import make_brix, make_by_hand, make_size

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_english() -> Any:
    with override("en"):
        yield


@pytest.fixture
def seller() -> Enterprise:
    return make_enterprise()


def verdicts_of(job: ImportJob) -> list[Verdict]:
    return [one for chunk in job.chunks.all() for one in verdicts_from_text(chunk.verdicts)]


def problems_of(job: ImportJob) -> list[tuple[int, str, str]]:
    """Row, column, value."""
    return [(row.number, one.key, one.value) for row in verdicts_of(job) for one in row.problems]


def new_row(seller: Enterprise, sku: str = "A", **cells: Any) -> dict[str, Any]:
    return row_of(sku, **{"origin": seller.unit.code, **cells})


@pytest.mark.parametrize(
    ("cells", "key"),
    [
        ({"name_zh": ""}, "name_zh"),
        ({"name_zh": "枣" * 201}, "name_zh"),
        ({"category": "melon"}, "category"),
        ({"category": ""}, "category"),
        ({"origin": ""}, "origin"),
        ({"origin": "Atlantis"}, "origin"),
        ({"grade": "superb"}, "grade"),
        ({"season_months": "9-13"}, "season_months"),
        ({"hs_code": "999999"}, "hs_code"),
        ({"sku": ""}, "sku"),
        ({"sku": "X" * 41}, "sku"),
        ({"unit": "crate"}, "unit"),
        ({"unit": ""}, "unit"),
        ({"net_kg": "-1"}, "net_kg"),
        ({"net_kg": "five"}, "net_kg"),
        ({"net_kg": "0.0001"}, "net_kg"),
        ({"gross_kg": "4"}, "gross_kg"),
        ({"is_active": "maybe"}, "is_active"),
        ({PRICE: "0"}, PRICE),
        ({PRICE: "abc"}, PRICE),
        ({"domestic.moq": "-1"}, "domestic.moq"),
        ({"domestic.from_1": "10", "domestic.moq": "5"}, "domestic.from_1"),
        ({"domestic.from_2": "10"}, "domestic.amount_2"),
        ({"domestic.from_2": "10", "domestic.amount_2": "31"}, "domestic.amount_2"),
        ({"domestic.amount_1": "", "domestic.moq": "5"}, "domestic.amount_1"),
        ({"domestic.basis": "per_unit", PRICE: "30.001"}, PRICE),
    ],
)
def test_wrong_cell_is_named_with_its_value_and_what_to_write(
    seller: Enterprise, cells: dict[str, Any], key: str
) -> None:
    row = new_row(seller, **cells)

    job = checked(seller, csv_of([row]))

    (problem,) = verdicts_of(job)[0].problems
    assert (problem.key, problem.value) == (key, str(row.get(key, ""))[:80])
    assert problem.reason
    assert problem.hint
    assert counts(job) == (0, 0, 0, 1)
    assert not Product.objects.exists()


def test_good_row_may_be_written_in_many_ways(seller: Enterprise) -> None:
    row = new_row(
        seller,
        category="Jujubes",
        origin=f"{seller.unit.name_zh} ({seller.unit.code})",
        grade="特级",
        unit="ящик",
        net_kg="５",
        gross_kg="5,4",
        hs_code="0813.40",
        is_active="是",
        season_months="9、10月",
    )

    job = checked(seller, csv_of([row]))

    assert problems_of(job) == []
    assert counts(job) == (1, 0, 0, 0)


def test_nought_that_a_spreadsheet_dropped_from_an_hs_code_is_put_back(seller: Enterprise) -> None:
    assert problems_of(checked(seller, xlsx([new_row(seller, hs_code=81340)]))) == []


def test_code_twice_in_the_file_is_wrong_the_second_time(seller: Enterprise) -> None:
    rows = [new_row(seller, "A"), new_row(seller, "B"), new_row(seller, "a", name_zh="骏枣")]

    job = checked(seller, csv_of(rows))

    assert problems_of(job) == [(4, "sku", "a")]
    assert counts(job) == (2, 0, 0, 1)


def test_packings_below_the_first_may_leave_the_product_empty(seller: Enterprise) -> None:
    more = {"unit": "XBX", "net_kg": 10, "gross_kg": 11}

    job = checked(seller, xlsx([new_row(seller, "A"), {"sku": "B", **more}, {"sku": "C", **more}]))

    assert {row.number: row.outcome for row in verdicts_of(job)} == dict.fromkeys([2, 3, 4], Outcome.NEW)


def test_wrong_product_takes_its_packings_with_it_and_a_wrong_packing_only_itself(seller: Enterprise) -> None:
    more = {"unit": "XBX", "net_kg": 10, "gross_kg": 11}
    rows = [
        new_row(seller, "A", category="melon"),
        {"sku": "A2", **more},
        new_row(seller, "B"),
        {"sku": "B2", **more, "net_kg": 0},
    ]

    job = checked(seller, xlsx(rows))

    outcomes = [row.outcome.value for row in verdicts_of(job)]
    assert outcomes == ["wrong", "wrong", "new", "wrong"]
    assert [(row, key) for row, key, _value in problems_of(job)] == [(2, "category"), (3, ""), (5, "net_kg")]


def test_product_has_so_many_packings_and_no_more(seller: Enterprise, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.imports.check.MOST_PACKINGS", 3)
    variant = make_variant(enterprise=seller)
    more = {"product": variant.product_id, "unit": "XBX", "net_kg": 10, "gross_kg": 11}
    rows: list[dict[str, Any]] = [{"sku": variant.sku, "name_zh": ""}]
    rows += [{"sku": sku, **more} for sku in ("A", "B", "C")]

    job = checked(seller, xlsx(rows))

    assert [row.outcome.value for row in verdicts_of(job)] == ["unchanged", "new", "new", "wrong"]


def test_packings_of_a_new_product_that_stand_apart_are_not_made_two_products(seller: Enterprise) -> None:
    rows = [
        new_row(seller, "A", name_zh="灰枣"),
        new_row(seller, "B", name_zh="骏枣"),
        new_row(seller, "C", name_zh="灰枣"),
    ]

    job = checked(seller, xlsx(rows))

    assert [(row, key) for row, key, _value in problems_of(job)] == [(4, "")]


def test_two_rows_that_say_different_things_of_one_product_are_told(seller: Enterprise) -> None:
    variant = make_variant(enterprise=seller)
    packing = {"unit": "XBX", "net_kg": 1, "gross_kg": 1}
    rows: list[dict[str, Any]] = [
        {"sku": variant.sku, "name_zh": "新名"},
        {"sku": variant.sku + "-2", "name_zh": "别名", "product": variant.product_id, **packing},
    ]

    job = checked(seller, xlsx(rows))

    assert problems_of(job) == [(3, "name_zh", "别名")]


def test_row_below_may_still_say_what_is_saved_when_the_first_says_something_new(seller: Enterprise) -> None:
    variant = make_variant(enterprise=seller)
    saved = variant.product
    said: dict[str, Any] = {"product": saved.pk, "category": "jujube", "grade": "ungraded", "season_months": "10-11"}
    more = {"sku": "SECOND", "unit": "XBX", "net_kg": 1, "gross_kg": 1, "name_zh": saved.name_zh, **said}

    first = {"sku": variant.sku, "name_zh": "新名", **said, "grade": "first", "season_months": "9"}

    assert counts(checked(seller, xlsx([first, more]))) == (1, 1, 0, 0)


def test_product_is_described_by_the_first_row_that_says_anything(seller: Enterprise) -> None:
    variant = make_variant(enterprise=seller)
    other = {"sku": "SECOND", "product": variant.product_id, "unit": "XBX", "net_kg": 1, "gross_kg": 1}

    job = checked(seller, xlsx([other, {"sku": variant.sku, "product": variant.product_id, "name_en": "New"}]))

    assert [row.changes for row in verdicts_of(job)] == [(), ("name_en",)]


def test_origin_of_a_product_is_never_edited_away(seller: Enterprise) -> None:
    variant = make_variant(enterprise=seller)
    other = make_regiment()
    seller.unit.__class__.objects.filter(pk=other.pk).update(path=f"{seller.unit.path}X/", parent=seller.unit)

    job = checked(seller, xlsx([{"sku": variant.sku, "origin": other.code}]))

    assert problems_of(job) == [(2, "origin", other.code)]


def test_unit_and_weight_are_fixed_once_goods_have_come(seller: Enterprise) -> None:
    variant = make_variant(enterprise=seller, on_hand=3)

    job = checked(seller, xlsx([{"sku": variant.sku, "net_kg": 6, "gross_kg": 7, "unit": "XBG"}]))

    assert [key for _row, key, _value in problems_of(job)] == ["unit", "net_kg"]


def test_price_per_kg_must_come_to_something_at_a_new_weight(seller: Enterprise) -> None:
    variant = make_variant(enterprise=seller, on_hand=0, price="0.01")

    job = checked(seller, xlsx([{"sku": variant.sku, "net_kg": "0.1", "gross_kg": "0.1"}]))

    assert [key for _row, key, _value in problems_of(job)] == ["net_kg"]


def test_code_of_another_seller_is_nobodys(seller: Enterprise) -> None:
    foreign = make_variant()

    job = checked(
        seller,
        xlsx([{"sku": foreign.sku, "name_zh": "偷", "product": ""}, {"sku": "X", "product": foreign.product_id}]),
    )

    assert counts(job) == (0, 0, 0, 2)
    assert "product" in [key for _row, key, _value in problems_of(job)]
    assert all(foreign.product.name_zh not in one.reason for row in verdicts_of(job) for one in row.problems)


def test_unknown_code_in_a_table_of_prices_is_not_taken_for_a_new_packing(seller: Enterprise) -> None:
    variant = make_variant(enterprise=seller)

    job = checked(seller, xlsx([{"sku": variant.sku, PRICE: 29}, {"sku": variant.sku + "O", PRICE: 29}]))

    assert counts(job) == (0, 1, 0, 1)
    assert problems_of(job) == [(3, "sku", variant.sku + "O")]


def test_one_code_on_two_products_needs_the_product_number(seller: Enterprise) -> None:
    one, other = make_variant(enterprise=seller), make_variant(enterprise=seller)
    Variant.objects.filter(pk__in=[one.pk, other.pk]).update(sku="SAME")

    job = checked(seller, xlsx([{"sku": "SAME", PRICE: 29}]))
    told = checked(seller, xlsx([{"sku": "SAME", "product": row.product_id, PRICE: 29} for row in (one, other)]))

    assert problems_of(job) == [(2, "sku", "SAME")]
    assert counts(told) == (0, 2, 0, 0)


def test_attributes_are_columns_and_are_read_by_their_kind(seller: Enterprise) -> None:
    make_size(), make_brix(), make_by_hand()
    good = {"Size grade": "大果", "Sugar (%)": "18,5", "Picked by hand": "да"}
    bad = {"Size grade": "huge", "Sugar (%)": "sweet", "Picked by hand": "perhaps"}
    keys = ["attributes.size", "attributes.brix", "attributes.by-hand"]

    job = checked(seller, xlsx([new_row(seller, "A", **good), new_row(seller, "B", **bad)]))

    assert counts(job) == (1, 0, 0, 1)
    assert sorted(problems_of(job)) == sorted((3, key, value) for key, value in zip(keys, bad.values(), strict=True))


def test_publishing_asks_for_what_the_page_asks_for(seller: Enterprise) -> None:
    rows = [new_row(seller, "A"), new_row(seller, "B", **{PRICE: ""}), new_row(seller, "C", is_active="no")]

    job = checked(seller, xlsx(rows), publishes=True)

    assert counts(job) == (1, 0, 0, 2)
    assert [(row, key) for row, key, _value in problems_of(job)] == [(3, PRICE), (4, "is_active"), (4, PRICE)]


def test_problem_is_kept_as_it_was() -> None:
    assert Verdict(2, Outcome.WRONG, "s", (Problem("sku", "A", "why", "how"),)).stored()[3] == [
        ["sku", "A", "why", "how"]
    ]
