"""Papers and tax invoices at the seller's browser."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from orders.documents.models import Document, TaxInvoiceRequest
from tests.builders import make_enterprise, make_variant
from tests.fetched import fetched
from tests.market.office.people import statements_of
from tests.market.portal.people import SELL, read, send, staff_of
from tests.orders.claims import make_paid
from tests.orders.documents.invoices import FIRM, PDF, PERSON, ask, hand_in
from tests.orders.documents.scenes import make_answered, make_shipment

pytestmark = pytest.mark.django_db


def test_who_packs_issues_a_delivery_note_reads_it_and_finds_it_again() -> None:
    shipment = make_shipment()
    order = shipment.seller_order
    client = staff_of(order.enterprise, "warehouse")
    assert "No paper has been issued yet." in read(client, f"orders/{order.number}/documents/")

    send(client, f"orders/{order.number}/documents/", {"issue": shipment.number})

    number = Document.objects.get().number
    assert number in read(client, f"orders/{order.number}/documents/")
    paper = read(client, f"orders/{order.number}/documents/{number}/")
    assert all(words in paper for words in ("送货单", "CN-XJ", order.number, "documents/paper.css"))
    read(client, f"orders/{order.number}/documents/{number}/file/", status=404)


def test_each_paper_is_issued_by_whose_work_it_is() -> None:
    shipment = make_shipment()
    order = shipment.seller_order
    wishes = {"sales": order.number, "warehouse": shipment.number}

    for role, other in (("sales", "warehouse"), ("warehouse", "sales"), ("viewer", "sales")):
        send(
            staff_of(order.enterprise, role), f"orders/{order.number}/documents/", {"issue": wishes[other]}, status=403
        )
    assert not Document.objects.exists()
    for role, wish in wishes.items():
        send(staff_of(order.enterprise, role), f"orders/{order.number}/documents/", {"issue": wish})

    assert Document.objects.count() == 2


def test_papers_of_another_firm_are_not_there() -> None:
    shipment = make_shipment()
    order = shipment.seller_order
    send(staff_of(order.enterprise), f"orders/{order.number}/documents/", {"issue": shipment.number})
    other = staff_of(make_enterprise())
    number = Document.objects.get().number

    for path in ("", f"{number}/", f"{number}/file/"):
        read(other, f"orders/{order.number}/documents/{path}", status=404)


def test_the_list_of_papers_takes_the_same_statements_for_one_and_three() -> None:
    shipment = make_shipment()
    order = shipment.seller_order
    client = staff_of(order.enterprise)
    page = f"{SELL}orders/{order.number}/documents/"
    client.post(page, {"issue": order.number})
    one = statements_of(lambda: client.get(page))

    client.post(page, {"issue": shipment.number})

    assert statements_of(lambda: client.get(page)) == one


def test_a_proforma_is_issued_with_the_sellers_price_and_says_what_it_is() -> None:
    part = make_answered()
    client = staff_of(part.enterprise, "sales")
    line = part.lines.get()
    fields = {"valid_until": "2099-12-31", "terms": "30 % in advance", f"price-{line.pk}": "27.5", "freight": "10"}

    refused = send(client, f"enquiries/{part.number}/documents/", fields | {"valid_until": "2020-01-01"}, status=422)
    send(client, f"enquiries/{part.number}/documents/", fields)

    assert "a day after today" in refused
    document = Document.objects.get()
    paper = read(client, f"enquiries/{part.number}/documents/{document.number}/")
    assert all(words in paper for words in ("Proforma invoice", "形式发票", "$37.50", "Not binding", "CN-XJ"))
    again = send(client, f"enquiries/{part.number}/documents/", fields | {"freight": "0"}, status=422)
    assert "why a new one takes its place" in again


def test_nobody_but_sales_issues_a_proforma() -> None:
    part = make_answered()

    send(staff_of(part.enterprise, "warehouse"), f"enquiries/{part.number}/documents/", {}, status=403)


def test_an_invoice_is_handed_in_and_fetched() -> None:
    request = ask(make_paid(), FIRM)
    client = staff_of(request.enterprise, "finance")
    page = read(client, "invoices/")
    assert all(words in page for words in (request.number, "1 invoice to issue", "0 are overdue", FIRM.title))
    file = SimpleUploadedFile("x.pdf", PDF)
    fields = {"number": "2" * 20, "issued_on": "2026-11-24", "amount": "1000", "file": file}

    wrong = send(client, f"invoices/{request.number}/", fields | {"amount": "900"}, status=422)
    file.seek(0)
    send(client, f"invoices/{request.number}/", fields)

    assert "must come to 1000" in wrong
    invoice = request.invoices.get()
    answer = fetched(client.get(f"{SELL}invoices/{request.number}/{invoice.pk}/"))
    assert (answer.content, answer.disposition) == (PDF, f'attachment; filename="{"2" * 20}.pdf"')


def test_a_file_that_is_no_invoice_is_refused_at_its_field() -> None:
    request = ask(make_paid(), PERSON)
    client = staff_of(request.enterprise, "finance")
    file = SimpleUploadedFile("x.pdf", b"<html>")

    page = send(
        client,
        f"invoices/{request.number}/",
        {"number": "2" * 20, "issued_on": "2026-11-24", "amount": "1000", "file": file},
        status=422,
    )

    assert "a PDF, OFD or XML file" in page


def test_the_buyer_is_told_why_there_is_none() -> None:
    request = ask(make_paid(), PERSON)
    client = staff_of(request.enterprise, "finance")

    send(client, f"invoices/{request.number}/", {"decline": "1", "reason": ""}, status=422)
    send(client, f"invoices/{request.number}/", {"decline": "1", "reason": "no such firm"})

    assert TaxInvoiceRequest.objects.get().state == "declined"
    assert "no such firm" in read(client, f"invoices/{request.number}/")


def test_who_packs_hands_in_no_invoices_and_another_firm_sees_none() -> None:
    request = ask(make_paid(), PERSON)
    invoice = hand_in(request)

    send(staff_of(request.enterprise, "warehouse"), f"invoices/{request.number}/", {"decline": "1"}, status=403)
    for path in (f"{request.number}/", f"{request.number}/{invoice.pk}/"):
        read(staff_of(make_enterprise()), f"invoices/{path}", status=404)


def test_the_list_of_invoices_takes_the_same_statements_for_one_and_many() -> None:
    variant = make_variant(on_hand=20)
    ask(make_paid((variant, 1)), PERSON)
    client = staff_of(variant.product.enterprise, "finance")
    one = statements_of(lambda: client.get(f"{SELL}invoices/"))

    for _ in range(3):
        ask(make_paid((variant, 1)), PERSON)

    assert statements_of(lambda: client.get(f"{SELL}invoices/")) == one
