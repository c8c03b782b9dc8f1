from decimal import Decimal

import pytest
from django.http import QueryDict
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from market.storefront.filters import Filters, read_filters


def read(query: str) -> Filters:
    with translation.override("en"):
        return read_filters(QueryDict(query))


@pytest.mark.parametrize("page", ["0", "-1", "1.5", "abc", "", "٣", "9" * 30, "1 OR 1=1", "%00"])
def test_forged_page_is_the_first_page(page: str) -> None:
    assert read(f"page={page}").page == 1


def test_page_beyond_every_list_is_capped() -> None:
    assert read("page=999999999").page == 400


@pytest.mark.parametrize("price", ["-5", "abc", "1e9", "NaN", "Infinity", "99999999999999999999", "--1", "0x10"])
def test_price_that_makes_no_sense_is_left_out(price: str) -> None:
    assert read(f"pmin={price}").price_min is None


def test_price_is_read_with_either_separator_and_kept_to_the_cent() -> None:
    assert read("pmin=1,234.567").price_min == Decimal("1234.57")
    assert read("pmax=2,5").price_max == Decimal("2.5")


def test_text_loses_what_nobody_sees_and_is_cut() -> None:
    assert read("q=%00%01 red\u200b %0a jujube").text == "red jujube"
    assert len(read("q=" + "枣" * 5000).text) == 100


def test_unknown_values_are_left_out() -> None:
    filters = read("grade=best&grade=first&sort=drop&org=../x&org=S101&category=%27--")

    assert filters == Filters(grades=("first",), origins=("S101",))


def test_many_values_are_cut() -> None:
    assert len(read("&".join(f"org=U{n}" for n in range(500))).origins) == 20


def test_address_of_a_change_begins_at_the_first_page() -> None:
    filters = Filters(text="枣", origins=("A", "B"), page=7)

    assert filters.address("/en/search/", in_stock=True) == "/en/search/?q=%E6%9E%A3&org=A&org=B&stock=1"
    assert filters.address("/en/search/", page=8).endswith("page=8")
    assert Filters().address("/en/search/") == "/en/search/"


@given(st.text(max_size=300))
def test_whatever_is_asked_reads_back_as_itself(raw: str) -> None:
    with translation.override("en"):
        filters = read_filters(QueryDict(raw.encode("utf-8", "replace").decode(), mutable=False))
        again = read_filters(QueryDict(filters.address("?").removeprefix("?").removeprefix("?")))

    assert again == Filters(**{**filters.__dict__, "page": 1})
