"""Files of papers, made by the worker with a renderer that makes files."""

from datetime import timedelta
from io import StringIO
from typing import ClassVar

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command
from pytest_django import Settings

from orders.documents import render
from orders.documents.actions.issue_document import issue_document
from orders.documents.contents.delivery_note import delivery_note
from orders.documents.contents.proforma import proforma
from orders.documents.models import Document, Rendering
from orders.documents.paper import paper_of
from orders.documents.renderers.base import CannotRender, Paper
from tests.builders import NOW
from tests.market.office.people import statements_of
from tests.orders.documents.scenes import QUOTE, make_answered, make_shipment

pytestmark = pytest.mark.django_db


class FileMaker:
    """Keeps the page; fails as often as it is told to."""

    suffix: ClassVar[str] = "txt"
    content_type: ClassVar[str] = "text/plain"
    makes_files: ClassVar[bool] = True
    failures: ClassVar[list[Exception]] = []

    def render(self, paper: Paper) -> bytes:
        if self.failures:
            raise self.failures.pop()
        return paper.html.encode()


@pytest.fixture(autouse=True)
def _makes_files(settings: Settings) -> None:
    settings.MARKET_DOCUMENT_RENDERER = f"{__name__}.FileMaker"


def issue() -> Document:
    return issue_document(delivery_note(make_shipment()), by=None, now=NOW)


def test_a_paper_waits_and_gets_its_file_once() -> None:
    document = issue()

    assert [render.render_due(NOW), render.render_due(NOW)] == [1, 0]

    row = Rendering.objects.get()
    assert (row.state, row.content_type) == ("done", "text/plain")
    assert document.number in default_storage.open(row.file).read().decode()


def test_what_cannot_be_made_truthfully_has_failed_and_says_why() -> None:
    issue()
    FileMaker.failures = [CannotRender("no font for U+F1234")]

    assert [render.render_due(NOW), render.render_due(NOW + timedelta(days=1))] == [1, 0]

    row = Rendering.objects.get()
    assert (row.state, row.error, row.file) == ("failed", "no font for U+F1234", "")


def test_any_other_failure_is_tried_again_later_and_stops_no_other_paper() -> None:
    issue(), issue_document(proforma(make_answered(), QUOTE, NOW), by=None, now=NOW)
    FileMaker.failures = [OSError("disk")]

    assert [render.render_due(NOW), render.render_due(NOW)] == [2, 0]
    assert sorted(Rendering.objects.values_list("state", flat=True)) == ["done", "waiting"]
    assert render.render_due(NOW + timedelta(minutes=1)) == 1

    assert set(Rendering.objects.values_list("state", flat=True)) == {"done"}


def test_where_papers_are_pages_the_step_asks_nothing(settings: Settings) -> None:
    settings.MARKET_DOCUMENT_RENDERER = "orders.documents.renderers.print_page.PrintPage"
    issue()

    assert statements_of(lambda: render.render_due(NOW)) == 0


@pytest.mark.parametrize("kind", ["note", "proforma"])
def test_a_paper_says_everything_in_chinese_and_the_buyers_language(kind: str) -> None:
    if kind == "note":
        document = issue()
        wanted = ["送货单", "若羌灰枣", "CN-XJ", "216", "SHA-256"]
    else:
        document = issue_document(proforma(make_answered(), QUOTE, NOW), by=None, now=NOW)
        wanted = ["形式发票", "Proforma invoice", "DAP Khorgos (Incoterms 2020)", "081340", "HS2022", "CN-XJ", "XBX"]
        wanted += ["中国 China (CN)", "哈萨克斯坦 Kazakhstan (KZ)", "$25.00"]

    html = paper_of(document).html

    assert [words for words in wanted if words not in html] == []
    assert "http" not in html.replace("http://www.w3.org", "")


def test_after_the_cause_was_mended_files_are_made_again_by_a_command() -> None:
    issue()
    FileMaker.failures = [CannotRender("no font for U+F1234")]
    call_command("make_papers", stdout=(first := StringIO()))

    call_command("make_papers", "--again", stdout=(second := StringIO()))

    assert first.getvalue() == "1 papers taken up, 1 could not be made\n"
    assert second.getvalue() == "1 papers taken up, 0 could not be made\n"
    assert Rendering.objects.get().state == "done"
