import pytest
import segno

from market.common.qr import qr_svg


@pytest.mark.parametrize(
    ("text", "written"), [("sf-12ab", "SF-12AB"), ("https://x.example/aB", "https://x.example/aB")]
)
def test_numbers_are_written_in_capitals_and_addresses_as_they_are(text: str, written: str) -> None:
    same = segno.make(written, error="q", boost_error=False, micro=False).svg_inline(omitsize=True, light="#fff")

    assert same.split("<path")[-1].split(' d="')[1].split('"')[0] in qr_svg(text)


def test_title_is_read_aloud_and_escaped() -> None:
    svg = qr_svg("X1", '<b>"')

    assert 'role="img" aria-label="&lt;b&gt;&quot;"' in svg
    assert "style=" not in svg


def test_chinese_and_two_hundred_characters_fit() -> None:
    assert "<path" in qr_svg("运单" * 20)
    assert "<path" in qr_svg("A" * 200)
