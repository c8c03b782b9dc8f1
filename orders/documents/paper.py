"""A document as a paper: one template for screen, print and file."""

from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.utils.translation import override

from market.common.languages import HTML_LANG, active_language, normal_language
from market.common.qr import qr_svg
from orders.documents.models import Document
from orders.documents.models.document import Kind
from orders.documents.renderers.base import Paper
from orders.documents.words import WORDS

STYLESHEET = "documents/paper.css"


def paper_of(document: Document, *, back: str = "") -> Paper:
    """In the document's language, with the Chinese beside it. `back`: address of the page it was opened from, for the
    screen only and in the reader's language. That a lot may not be sold any more is for the screen, too. The document
    is read with what it supersedes, its successor and its lot."""
    language = normal_language(document.language)
    way_back = {
        "back": back,
        "reader": HTML_LANG[active_language()],
        "back_words": _("Back"),
        "print_words": _("To print it or keep it as a file: Print in the browser's menu."),
    }
    with override(language):
        context = {
            "document": document,
            "content": document.content,
            "language": HTML_LANG[language],
            "code": qr_svg(_coded(document), str(WORDS[document.kind])),
            "lot_words": f"lot_{document.lot.state}" if document.lot else "",
            "successor": getattr(document, "successor", None),
        } | way_back
        html = render_to_string("documents/paper.html", context)
    return Paper(html, _style(), STYLESHEET)


def _coded(document: Document) -> str:
    """What the QR code leads to: everybody may read a commitment certificate; else the number people look for."""
    if document.kind == Kind.COMMITMENT:
        return f"{settings.PUBLIC_URL}/zh-hans/commitments/{document.number}/"
    return str(document.content.get("order", document.subject))


def _style() -> str:
    found = finders.find(STYLESHEET)
    assert isinstance(found, str)
    return Path(found).read_text(encoding="utf-8")
