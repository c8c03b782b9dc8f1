import pytest

from search.products.dictionary import nearest_names
from search.query.nearest import Nearest

NAMES = Nearest(["红枣", "核桃", "walnut", "goji berry", "грецкий орех"])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("新疆红枣", "红枣"),
        ("紅棗乾", "红枣"),
        ("walnutts", "walnut"),
        ("gojiberries", "goji berry"),
        ("орех грецкии", "грецкий орех"),
        ("红枣", ""),  # a known name: nothing to teach
        ("Walnut", ""),
        ("手机", ""),
        ("x", ""),
        ("", ""),
        ("🍎", ""),
    ],
)
def test_nearest_name(text: str, expected: str) -> None:
    assert NAMES.name(text) == expected


def test_dictionary_offers_its_names() -> None:
    assert nearest_names().name("若羌灰枣王") == "若羌灰枣"
