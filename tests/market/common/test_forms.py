from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import override

from market.common.forms import MarketForm, NumberField


@pytest.mark.parametrize(
    ("typed", "words"), [("many", "such as 12.5"), ("9" * 14, "too large"), ("0.0001", "at most 3 decimal places")]
)
def test_number_no_column_holds_is_refused_in_words_that_fit(typed: str, words: str) -> None:
    with override("en"), pytest.raises(ValidationError, match=words):
        NumberField().clean(typed)


@pytest.mark.parametrize(("typed", "words"), [("2.999", r"at least 3\."), ("1,001", r"at most 1000\.")])
def test_number_beyond_its_limits_is_told_them(typed: str, words: str) -> None:
    with override("en"), pytest.raises(ValidationError, match=words):
        NumberField(least=Decimal("3.00"), most=Decimal("1000.00")).clean(typed)


@pytest.mark.parametrize("typed", ["0", "-1", "-9999999999999"])
def test_what_is_to_be_counted_is_above_zero(typed: str) -> None:
    with override("en"), pytest.raises(ValidationError, match="above zero"):
        NumberField(is_positive=True).clean(typed)


def test_only_whole_numbers_are_asked_for_in_such_words() -> None:
    with override("en"), pytest.raises(ValidationError, match="A whole number"):
        NumberField(places=0).clean("1.5")


def test_long_paste_is_not_cut_by_the_browser_but_told() -> None:
    class Form(MarketForm):
        name = forms.CharField(max_length=5)
        text = forms.CharField(max_length=5, widget=forms.Textarea)

    with override("en"):
        form = Form({"name": "jujubes", "text": "jujubes"})
        shown = form["name"].as_field_group() + form["text"].as_field_group()

    assert "maxlength" not in shown
    assert shown.count("Too long: at most 5 characters, and it has 7.") == 2
    assert shown.count("jujubes") == 2


def test_number_may_be_left_empty_where_it_may() -> None:
    assert NumberField(required=False).clean(" ") is None
    assert NumberField().clean("1,234.5") == Decimal("1234.5")
    with pytest.raises(ValidationError):
        NumberField().clean("")
