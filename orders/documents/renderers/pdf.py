"""PDF by WeasyPrint (`pip install .[pdf]`), which needs Pango and fonts of the system. One to three seconds a paper."""

from typing import Any, ClassVar

from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration
from weasyprint.urls import FatalURLFetchingError, URLFetcher

from orders.documents.renderers.base import CannotRender, Paper

MOST_NAMED = 10


class NothingIsFetched(URLFetcher):  # type: ignore[misc]
    """A paper holds all it says. What would be fetched might be somebody's private address, or change tomorrow."""

    def __init__(self) -> None:
        super().__init__(allowed_protocols=(), allow_redirects=False, fail_on_errors=True)

    def fetch(self, url: str, headers: Any = None) -> Any:
        del headers
        raise ValueError(f"a paper fetches nothing: {url[:80]}")


class PdfRenderer:
    suffix: ClassVar[str] = "pdf"
    content_type: ClassVar[str] = "application/pdf"
    makes_files: ClassVar[bool] = True

    def render(self, paper: Paper) -> bytes:
        """Raises CannotRender for a sign that no installed font has: a PDF would show an empty box, or nothing."""
        fonts, fetcher = FontConfiguration(), NothingIsFetched()
        try:
            style = CSS(string=paper.css, font_config=fonts, url_fetcher=fetcher)
            page = HTML(string=paper.html, url_fetcher=fetcher, base_url="about:paper")
            document = page.render(stylesheets=[style], font_config=fonts)
            made: bytes = document.write_pdf(pdf_variant="pdf/a-3b")
        except FatalURLFetchingError as error:
            raise CannotRender("the paper names an address to be fetched") from error
        missing = sorted({sign for font in document.fonts.values() for sign in font.missing})
        if missing:
            named = " ".join(f"U+{sign:04X}" for sign in missing[:MOST_NAMED])
            raise CannotRender(f"no font for {len(missing)} signs: {named}")
        return made
