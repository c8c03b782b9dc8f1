"""Our own papers as PDF, as the worker makes them."""

import io
from dataclasses import replace

import pytest
from django.core.files.storage import default_storage
from pytest_django import Settings

from orders.documents.actions.issue_document import issue_document
from orders.documents.contents.application import application
from orders.documents.contents.delivery_note import delivery_note
from orders.documents.contents.draft import Draft
from orders.documents.contents.proforma import proforma
from orders.documents.models import Rendering
from orders.documents.render import render_due
from orders.quotes.models import Enquiry
from tests.builders import NOW
from tests.orders.documents.scenes import QUOTE, make_answered, make_shipment

pytestmark = [pytest.mark.django_db, pytest.mark.pdf]
BUYER = "Қазақ жеміс ЖШС «Әңғіқөұүһ»"


def pages_of(draft: Draft, settings: Settings) -> list[str]:
    """What can be read on each page of the file."""
    from pypdf import PdfReader  # only these tests may ask for it

    settings.MARKET_DOCUMENT_RENDERER = "orders.documents.renderers.pdf.PdfRenderer"
    issue_document(draft, by=None, now=NOW)
    assert render_due(NOW) == 1
    row = Rendering.objects.get()
    assert (row.state, row.error) == ("done", "")
    with default_storage.open(row.file) as file:
        return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(file.read())).pages]


def test_a_long_delivery_note_repeats_its_head_counts_its_pages_and_loses_no_row(settings: Settings) -> None:
    draft = delivery_note(make_shipment())
    (row,) = draft.content["rows"]
    rows = [row | {"lot": f"LOT{place:03d}"} for place in range(60)]

    pages = pages_of(replace(draft, content=draft.content | {"rows": rows}), settings)

    assert len(pages) > 2
    for place, page in enumerate(pages, start=1):
        assert f"第 {place} / {len(pages)} 页" in page
    assert all("毛重" in page for page in pages[:-1])
    assert [f"LOT{place:03d}" for place in range(60) if f"LOT{place:03d}" not in " ".join(pages)] == []


def test_a_proforma_keeps_kazakh_names_and_both_languages(settings: Settings) -> None:
    part = make_answered()
    Enquiry.objects.update(company=BUYER, language="ru")
    part.enquiry.refresh_from_db()

    text = " ".join(pages_of(proforma(part, QUOTE, NOW), settings))

    wanted = [BUYER, "形式发票", "Счёт-проформа", "Финики китайские серые", "CN-XJ", "Khorgos", "25,00 $"]
    assert [words for words in wanted if words not in text] == []


def test_the_mark_that_it_is_no_certificate_stands_on_the_page(settings: Settings) -> None:
    text = " ".join(pages_of(application(make_answered(), "phytosanitary", NOW), settings))

    assert "Application data - not a certificate" in text
