import pytest

from market.common.languages import in_language


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/zh-hans/", "/ru/"),
        ("/en/p/7-dates/?v=1&q=/zh-hans/", "/ru/p/7-dates/?v=1&q=/zh-hans/"),
        ("/en", "/ru"),
        ("/en?x=1", "/ru?x=1"),
        ("/english/", "/english/"),
        ("/api/v1/", "/api/v1/"),
        ("", ""),
    ],
)
def test_page_in_another_language_keeps_the_rest_of_its_address(path: str, expected: str) -> None:
    assert in_language(path, "ru") == expected
