"""A document as a paper: one template for screen, print and file."""

from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import override

from market.common.languages import HTML_LANG, ZH, normal_language
from market.common.qr import qr_svg
from orders.documents.models import Document
from orders.documents.renderers.base import Paper
from orders.documents.words import WORDS

STYLESHEET = "documents/paper.css"


def paper_of(document: Document, *, back: str = "") -> Paper:
    """In the document's language, with the Chinese beside it. `back`: address of the page it was opened from, for the
    screen only. The document is read with what it supersedes and its successor."""
    language = normal_language(document.language)
    with override(language):
        context = {
            "document": document,
            "content": document.content,
            "language": HTML_LANG[language],
            "is_chinese": language == ZH,
            "code": qr_svg(str(document.content.get("order", document.subject)), str(WORDS["number"])),
            "successor": getattr(document, "successor", None),
            "back": back,
        }
        html = render_to_string("documents/paper.html", context)
    return Paper(html, _style(), STYLESHEET)


def _style() -> str:
    found = finders.find(STYLESHEET)
    assert isinstance(found, str)
    return Path(found).read_text(encoding="utf-8")
