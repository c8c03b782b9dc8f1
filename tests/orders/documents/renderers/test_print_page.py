import pytest
from django.conf import settings
from django.utils.module_loading import import_string

from orders.documents.renderers.print_page import PrintPage
from tests.orders.documents.renderers.contract import CHINESE, KAZAKH, RUSSIAN, check_renderer


def test_the_print_page_is_a_renderer_that_keeps_every_word(monkeypatch: pytest.MonkeyPatch) -> None:
    page = check_renderer(PrintPage(), monkeypatch).decode()

    assert all(words in page for words in (CHINESE, RUSSIAN, KAZAKH))
    assert page.count("documents/paper.css") == 1


def test_without_a_word_of_the_operator_papers_are_pages() -> None:
    assert import_string(settings.MARKET_DOCUMENT_RENDERER) is PrintPage
