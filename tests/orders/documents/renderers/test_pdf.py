"""PDF as it is made: needs what `pip install .[pdf]` and the system packages of `.ci/run` bring."""

import io
from typing import TYPE_CHECKING, Any

import pytest

from orders.documents.renderers.base import CannotRender
from tests.orders.documents.renderers.contract import (
    CHINESE,
    KAZAKH,
    RUSSIAN,
    check_renderer,
    no_network,
    paper_saying,
)

if TYPE_CHECKING:
    from orders.documents.renderers.pdf import PdfRenderer

pytestmark = pytest.mark.pdf


def make_renderer() -> "PdfRenderer":
    """Its module needs libraries that only these tests may ask for."""
    from orders.documents.renderers.pdf import PdfRenderer

    return PdfRenderer()


def fonts_of(raw: bytes) -> dict[str, bool]:
    """Name of each font of the file -> whether it is embedded."""
    from pypdf import PdfReader

    found: dict[str, bool] = {}
    for page in PdfReader(io.BytesIO(raw)).pages:
        fonts: Any = page["/Resources"]
        for font in fonts["/Font"].values():
            descendant = font.get_object()["/DescendantFonts"][0].get_object()
            described = descendant["/FontDescriptor"].get_object()
            found[str(described["/FontName"])] = any(key in described for key in ("/FontFile2", "/FontFile3"))
    return found


def text_of(raw: bytes) -> str:
    from pypdf import PdfReader

    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(raw)).pages)


def test_three_languages_can_be_read_back_and_their_fonts_are_in_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    made = check_renderer(make_renderer(), monkeypatch)

    assert made.startswith(b"%PDF-")
    text = " ".join(text_of(made).split())
    assert all(words in text for words in (CHINESE, RUSSIAN, KAZAKH))
    fonts = fonts_of(made)
    assert any("Noto-Sans-CJK-SC" in name for name in fonts)
    assert set(fonts.values()) == {True}


def test_a_sign_without_a_font_is_refused_not_left_out() -> None:
    with pytest.raises(CannotRender) as refused:
        make_renderer().render(paper_saying("枣 \U000f1234"))

    assert "U+F1234" in refused.value.why


@pytest.mark.parametrize(
    "words",
    [
        '<img src="http://169.254.169.254/latest/meta-data">',
        '<img src="file:///etc/passwd">',
        '<p style="background:url(https://example.org/x.png)">枣</p>',
        '<link rel="stylesheet" href="http://example.org/x.css">',
        '<object data="ftp://example.org/x.svg"></object>',
    ],
)
def test_a_paper_that_would_fetch_something_is_refused(words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = no_network(monkeypatch)

    with pytest.raises(CannotRender):
        make_renderer().render(paper_saying(words))

    assert tried == []


def test_a_style_that_would_fetch_something_is_refused() -> None:
    paper = paper_saying("枣", style="@import 'http://example.org/x.css';body{color:#000}")

    with pytest.raises(CannotRender):
        make_renderer().render(paper)
