"""Papers and tax invoices for the buyer."""

from datetime import timedelta

import pytest
from django.test import Client

from orders.documents.actions.issue_document import issue_document
from orders.documents.contents.delivery_note import delivery_note
from orders.documents.contents.proforma import proforma
from orders.documents.models import Document, InvoiceProfile, TaxInvoiceRequest
from orders.orders.models import SellerOrder
from tests.builders import NOW, make_officer, make_user
from tests.fetched import fetched
from tests.market.office.people import signed_in, statements_of
from tests.orders.claims import make_paid
from tests.orders.documents.invoices import FIRM, PDF, PERSON, ask, hand_in
from tests.orders.documents.scenes import QUOTE, make_answered, make_shipment

pytestmark = pytest.mark.django_db
FIELDS = {"kind": "ordinary", "holder": "firm", "title": FIRM.title, "tax_number": FIRM.tax_number}


def bought() -> tuple[SellerOrder, Client, str]:
    """A paid order, its buyer at the browser, and the address of the order's page."""
    buyer = make_user()
    order = make_paid(user=buyer)
    return order, signed_in(buyer), f"/en/orders/{order.purchase.number}/"


def test_a_buyer_makes_a_statement_at_any_time_and_the_same_figures_are_one_paper() -> None:
    order, client, url = bought()
    assert f"{url}documents/" in client.get(url).content.decode()

    for _ in range(2):
        client.post(f"{url}documents/", {"statement": order.number})

    document = Document.objects.get()
    assert document.number in client.get(f"{url}documents/").content.decode()
    paper = client.get(f"{url}documents/{document.number}/").content.decode()
    assert all(words in paper for words in ("订单对账单", "¥1,000.00", "不是税务发票", "CN-XJ"))


def test_papers_and_invoices_are_the_buyers_own() -> None:
    order, client, url = bought()
    shipment = make_shipment(order)
    note = issue_document(delivery_note(shipment), by=None, now=NOW)
    invoice = hand_in(ask(order))
    pages = [f"{url}documents/", f"{url}documents/{note.number}/", f"{url}invoices/{invoice.pk}/"]

    assert [client.get(page).status_code for page in pages[:2]] == [200, 200]
    assert fetched(client.get(pages[2])).content == PDF
    for stranger in (Client(), signed_in(make_user()), signed_in(make_officer(order.enterprise.unit))):
        assert [stranger.get(page).status_code for page in pages] == [404, 404, 404]
    other, _client, theirs = bought()
    assert _client.get(f"{theirs}documents/{note.number}/").status_code == 404
    assert _client.get(f"{theirs}invoices/{invoice.pk}/").status_code == 404
    assert other.number != order.number


def test_a_buyer_asks_for_an_invoice_and_is_known_the_next_time() -> None:
    order, client, url = bought()

    wrong = client.post(f"{url}invoice/{order.number}/", FIELDS | {"tax_number": "911100006000373410"})
    sent = client.post(f"{url}invoice/{order.number}/", FIELDS)

    assert (wrong.status_code, sent.status_code) == (422, 302)
    assert "this one is none" in wrong.content.decode()
    assert TaxInvoiceRequest.objects.get().title == FIRM.title
    assert InvoiceProfile.objects.get().tax_number == FIRM.tax_number
    again = client.get(f"{url}invoice/{order.number}/").content.decode()
    assert "no invoice can be asked for now" in again


def test_an_issued_invoice_is_fetched_and_a_declined_one_says_why() -> None:
    order, client, url = bought()
    invoice = hand_in(ask(order))

    page = client.get(f"{url}documents/").content.decode()
    answer = fetched(client.get(f"{url}invoices/{invoice.pk}/"))

    assert invoice.number in page
    assert (answer.content, answer.content_type) == (PDF, "application/pdf")
    assert answer.disposition.startswith("attachment")


def test_a_buyer_withdraws_a_request() -> None:
    order, client, url = bought()
    request = ask(order, PERSON)

    client.post(f"{url}invoice-requests/{request.number}/withdraw/")

    assert TaxInvoiceRequest.objects.get().state == "withdrawn"


def test_the_page_of_papers_takes_the_same_statements_for_one_and_many() -> None:
    order, client, url = bought()
    shipment = make_shipment(order)
    client.post(f"{url}documents/", {"statement": order.number})
    ask(order, PERSON)
    one = statements_of(lambda: client.get(f"{url}documents/"))

    issue_document(delivery_note(shipment), by=None, now=NOW + timedelta(hours=1))

    assert statements_of(lambda: client.get(f"{url}documents/")) == one


def test_a_proforma_is_read_by_who_asked_only() -> None:
    part = make_answered()
    buyer = make_user()
    part.enquiry.__class__.objects.update(buyer=buyer)
    document = issue_document(proforma(part, QUOTE, NOW), by=None, now=NOW)
    url = f"/en/enquiries/{part.enquiry.number}/documents/"

    mine, other = signed_in(buyer), signed_in(make_user())

    assert document.number in mine.get(url).content.decode()
    assert "Proforma invoice" in mine.get(f"{url}{document.number}/").content.decode()
    assert [other.get(page).status_code for page in (url, f"{url}{document.number}/")] == [404, 404]
