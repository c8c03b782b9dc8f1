import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.reviews.words import language_of, plain_words, signature_of


@given(st.text())
def test_plain_words_are_plain_already_the_second_time(typed: str) -> None:
    once = plain_words(typed)

    assert plain_words(once) == once
    assert "\x00" not in once
    assert "\n\n\n" not in once
    once.encode()


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("个大肉厚", "zh-hans"),
        ("Сладкие", "ru"),
        ("Sweet", "en"),
        ("Sweet 枣", "zh-hans"),
        ("5/5 👍", "ru"),
        ("", "ru"),
    ],
)
def test_language_is_told_by_letters_else_by_the_page(text: str, language: str) -> None:
    assert language_of(text, "ru") == language


@pytest.mark.parametrize(("name", "shown"), [("李买家", "李**"), ("  Anna K.", "A**"), ("", "***")])
def test_signature_is_the_first_character(name: str, shown: str) -> None:
    assert signature_of(name) == shown
