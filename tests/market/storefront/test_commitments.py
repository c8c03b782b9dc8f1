"""Commitment certificates: issued by the seller, read by everybody."""

import pytest
from django.test import Client

from orders.documents.actions.issue_document import issue_document
from orders.documents.contents.statement import statement
from orders.documents.models import Document
from tests.builders import NOW, make_enterprise, make_product
from tests.market.office.people import statements_of
from tests.market.portal.people import read, send, staff_of
from tests.orders.claims import make_paid

pytestmark = pytest.mark.django_db
FIELDS = {"weight": "500", "basis": ["process"], "contact": "王农", "phone": "13800138000", "confirmed": "on"}


def test_a_seller_issues_one_and_the_products_page_leads_everybody_to_it(client: Client) -> None:
    product = make_product(hs_code="080610")
    lot = product.lots.get()
    page = f"/en/p/{product.pk}-{product.slug}/"
    assert "has not issued the one of lot" in client.get(page).content.decode()
    seller = staff_of(product.enterprise, "warehouse")

    refused = send(seller, f"lots/{lot.pk}/certificate/", FIELDS | {"confirmed": ""}, status=422)
    send(seller, f"lots/{lot.pk}/certificate/", FIELDS)

    assert "Please fill this in." in refused
    number = Document.objects.get().number
    assert f"/en/commitments/{number}/" in client.get(page).content.decode()
    shown = client.get(f"/en/commitments/{number}/").content.decode()
    assert all(words in shown for words in ("承诺达标合格证", lot.number, "CN-XJ", f'href="/en/p/{product.pk}/"'))
    assert number in read(seller, f"lots/{lot.pk}/certificate/{number}/")


def test_goods_that_need_none_cost_the_products_page_no_statement(client: Client) -> None:
    dried, fresh = make_product(hs_code="081340"), make_product(hs_code="080610")
    pages = [f"/en/p/{one.pk}-{one.slug}/" for one in (dried, fresh)]
    for page in pages:
        client.get(page)

    few, many = (statements_of(lambda page=page: client.get(page)) for page in pages)  # type: ignore[misc]

    assert many == few + 1
    assert "Commitment certificates" not in client.get(pages[0]).content.decode()


def test_no_other_paper_is_for_everybody(client: Client) -> None:
    document = issue_document(statement(make_paid()), by=None, now=NOW)

    assert client.get(f"/en/commitments/{document.number}/").status_code == 404


def test_only_who_keeps_the_stock_issues_one_and_only_for_their_own_lots() -> None:
    product = make_product(hs_code="080610")
    lot = product.lots.get()

    send(staff_of(product.enterprise, "sales"), f"lots/{lot.pk}/certificate/", FIELDS, status=403)
    send(staff_of(make_enterprise()), f"lots/{lot.pk}/certificate/", FIELDS, status=404)

    assert not Document.objects.exists()
