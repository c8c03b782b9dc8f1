import pytest

from orders.reviews.words import language_of, signature_of


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
