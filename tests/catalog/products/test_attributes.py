"""What a product may say of its attributes, and what it is called for filters and people. Without a database."""

from decimal import Decimal
from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from catalog.products.attributes import (
    Choice,
    Definition,
    as_number,
    filter_label,
    filter_order,
    filter_pairs,
    filter_value,
    holding,
    problem_of,
    read_said,
    shown,
    to_store,
    what_counts,
)

SIZES = {
    "large": Choice("large", ("大果", "Large", "")),
    "small": Choice("small", ("小果", "", "")),
    "tiny": Choice("tiny", ("碎果", "", ""), is_retired=True),
}
SIZE = Definition("size", "/fruit/", "choice", ("等级", "Size", ""), values=SIZES)
BRIX = Definition(
    "brix", "/fruit/melon/", "number", ("糖度", "Sugar", ""), ("%", "", ""), (Decimal(12), Decimal("14.5"))
)
LENGTH = Definition("length", "/", "number", ("长度", "Length", "Длина"), ("毫米", "mm", "мм"))
BY_HAND = Definition("by-hand", "/fruit/", "yes_no", ("手工", "By hand", "Вручную"))
ALL = (SIZE, BRIX, LENGTH, BY_HAND)
MELON = "/fruit/melon/"


def test_attributes_hold_for_a_category_and_below_from_the_highest_down() -> None:
    assert [one.code for one in holding([BRIX, SIZE], MELON)] == ["size", "brix"]
    assert [one.code for one in holding([BRIX, SIZE], "/fruit/")] == ["size"]
    assert holding([SIZE], "/fruits/") == []


@pytest.mark.parametrize(
    ("definition", "value", "problem"),
    [
        (SIZE, "large", ""),
        (SIZE, "tiny", "value_retired"),
        (SIZE, "huge", "unreadable"),
        (SIZE, True, "unreadable"),
        (SIZE, ["large"], "unreadable"),
        (SIZE, None, "unreadable"),
        (BRIX, "12.5", ""),
        (BRIX, 12.5, "unreadable"),
        (BRIX, "NaN", "unreadable"),
        (BRIX, "1e999999", "unreadable"),
        (BRIX, "0.0001", "unreadable"),
        (BY_HAND, False, ""),
        (BY_HAND, "no", "unreadable"),
        (None, "x", "gone"),
    ],
)
def test_problem_of_a_value(definition: Definition | None, value: Any, problem: str) -> None:
    assert problem_of(definition, value, MELON) == problem


def test_what_another_category_or_a_retired_attribute_said_is_kept_and_named() -> None:
    retired = Definition("old", "/", "yes_no", ("旧", "", ""), is_retired=True)

    said = read_said({"brix": "13", "old": True, "size": "large", "x": "1"}, (*ALL, retired), "/fruit/nut/")

    assert [(one.code, one.problem) for one in said] == [
        ("size", ""),
        ("brix", "elsewhere"),
        ("old", "retired"),
        ("x", "gone"),
    ]
    assert [one.text("en") for one in said] == ["Large", "13 %", "yes", "1"]
    assert all(one.reason for one in said[1:])


@pytest.mark.parametrize(
    ("definition", "given_value", "stored"),
    [
        (SIZE, "small", "small"),
        (BRIX, Decimal("12.50"), "12.5"),
        (BRIX, "-0", "0"),
        (BRIX, 12.5, "12.5"),
        (BRIX, 13, "13"),
        (BY_HAND, False, False),
    ],
)
def test_to_store(definition: Definition, given_value: Any, stored: Any) -> None:
    assert to_store(definition, given_value) == stored


@pytest.mark.parametrize(
    ("definition", "wrong"),
    [(SIZE, "tiny"), (SIZE, 1), (BRIX, True), (BRIX, "twelve"), (BRIX, Decimal("NaN")), (BRIX, [1]), (BY_HAND, "yes")],
)
def test_what_does_not_fit_is_refused(definition: Definition, wrong: Any) -> None:
    with override("en"), pytest.raises(ValueError, match=r"such as|yes or no|choose one"):
        to_store(definition, wrong)


@pytest.mark.parametrize(
    ("value", "pair"), [("3", "..12"), ("12", "12..14.5"), ("14.499", "12..14.5"), ("14.5", "14.5.."), ("-5", "..12")]
)
def test_numbers_stand_in_their_range(value: str, pair: str) -> None:
    assert filter_value(BRIX, value) == pair


@given(st.decimals(-1000, 1000, places=3))
def test_every_number_has_a_range_that_holds_it(number: Decimal) -> None:
    low, _dots, high = filter_value(BRIX, to_store(BRIX, number)).partition("..")

    least, most = as_number(low), as_number(high)
    assert least is None or least <= number
    assert most is None or number < most


def test_filters_know_what_counts_and_is_to_be_filtered_by() -> None:
    definitions = {one.code: one for one in (*ALL, Definition("hidden", "/", "yes_no", ("", "", ""), is_facet=False))}
    attributes = {"size": "tiny", "brix": "15", "by-hand": False, "hidden": True, "x": "1", "length": "28.0"}

    pairs = list(filter_pairs(what_counts(attributes, definitions, MELON)))

    assert pairs == ["brix=14.5..", "by-hand=no", "length=28"]


def test_labels_in_three_languages_fall_back_to_chinese() -> None:
    assert [filter_label(SIZE, "large", language) for language in ("zh-hans", "en", "ru")] == ["大果", "Large", "大果"]
    assert [filter_label(BRIX, value, "ru") for value in ("..12", "12..14.5", "14.5..")] == [
        "< 12 %",
        "12–14,5 %",
        "≥ 14,5 %",
    ]
    assert filter_label(LENGTH, "28.5", "ru") == "28,5 мм"
    assert [filter_label(BY_HAND, value, "en") for value in ("yes", "no")] == ["yes", "no"]
    assert (BRIX.title("en"), BY_HAND.title("ru"), SIZE.title("ru")) == ("Sugar (%)", "Вручную", "等级")
    assert shown(LENGTH, "1500", "en") == "1,500 mm"


@pytest.mark.parametrize("rubbish", ["", "..", "x..y", "large", "../etc", "..12..", "<b>"])
@pytest.mark.parametrize("definition", ALL)
def test_a_value_somebody_made_up_is_shown_as_it_stands(definition: Definition, rubbish: str) -> None:
    if (definition, rubbish) != (SIZE, "large"):
        assert filter_label(definition, rubbish, "en") == rubbish or definition.kind == "number"
    filter_order(definition, rubbish)


def test_values_stand_as_they_were_defined() -> None:
    assert sorted(["small", "large", "x"], key=lambda value: filter_order(SIZE, value)) == ["large", "small", "x"]
    ranges = ["14.5..", "..12", "12..14.5"]
    assert sorted(ranges, key=lambda value: filter_order(BRIX, value)) == ["..12", "12..14.5", "14.5.."]
    assert sorted(["9", "28", "10"], key=lambda value: filter_order(LENGTH, value)) == ["9", "10", "28"]
    assert sorted(["no", "yes"], key=lambda value: filter_order(BY_HAND, value)) == ["yes", "no"]
