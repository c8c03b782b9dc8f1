import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.analysis.normalise import normalise, normalise_mapped


@pytest.mark.parametrize(
    ("raw", "normal"),
    [
        ("５ｋｇ ㎏", "5kg kg"),
        ("ÉTÉ açaí Straße", "ete acai strasse"),
        ("hóng zǎo lǜ dòu", "hong zao lu dou"),
        ("Ёлка ЗЕЛЁНЫЙ", "елка зеленый"),
        ("葡萄乾", "葡萄干"),
        ("乾隆", "乾隆"),
        ("後面 皇后", "后面 皇后"),
        ("薴", "苎"),
        ("grower’s", "grower's"),
        ("\ud800 lone", "? lone"),
        ("", ""),
    ],
)
def test_normalise(raw: str, normal: str) -> None:
    assert normalise(raw) == normal


@given(st.text())
def test_normalise_twice_is_once(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(st.text(st.one_of(st.characters(), st.sampled_from("紅棗葡萄乾薴㎏ｋ５ёйe\u0301\u0308ﬀß"))))
def test_map_of_any_text_leads_back_into_it_in_order(text: str) -> None:
    mapped = normalise_mapped(text)

    assert len(mapped.text) == len(mapped.starts) == len(mapped.ends)
    assert list(mapped.starts) == sorted(mapped.starts)
    assert all(0 <= start < end <= len(text) for start, end in zip(mapped.starts, mapped.ends, strict=True))


@pytest.mark.parametrize("text", ["紅棗５㎏", "葡萄乾 Ёлка", "cafe\u0301 straße", "乾隆 後面"])
def test_map_gives_the_normalised_text(text: str) -> None:
    assert normalise_mapped(text).text == normalise(text)
