"""Papers of authorities and data for them, at the browser."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from orders.documents.models import AuthorityPaper, Document
from tests.builders import make_enterprise, make_user
from tests.fetched import fetched
from tests.market.office.people import signed_in
from tests.market.portal.people import SELL, read, send, staff_of
from tests.orders.claims import make_paid
from tests.orders.documents.scenes import PAPER, make_answered

pytestmark = pytest.mark.django_db
FIELDS = {"kind": "phytosanitary", "number": "PC-1", "issuer": "示范海关", "issued_on": "2026-11-20"}


def test_a_seller_hands_one_in_and_only_the_buyer_fetches_it() -> None:
    buyer = make_user()
    order = make_paid(user=buyer)
    seller = staff_of(order.enterprise, "sales")

    send(seller, f"orders/{order.number}/authority-papers/", FIELDS, status=422)
    send(seller, f"orders/{order.number}/authority-papers/", FIELDS | {"file": SimpleUploadedFile("a.pdf", PAPER.raw)})

    row = AuthorityPaper.objects.get()
    mine, url = signed_in(buyer), f"/en/orders/{order.purchase.number}/"
    page = mine.get(f"{url}documents/").content.decode()
    assert all(words in page for words in ("PC-1", "示范海关", row.sha256, "the market has not checked them"))
    answer = fetched(mine.get(f"{url}authority-papers/{row.pk}/"))
    assert (answer.content, answer.disposition[:10]) == (PAPER.raw, "attachment")
    assert fetched(seller.get(f"{SELL}orders/{order.number}/authority-papers/{row.pk}/")).content == PAPER.raw
    assert signed_in(make_user()).get(f"{url}authority-papers/{row.pk}/").status_code == 404
    read(staff_of(make_enterprise()), f"orders/{order.number}/authority-papers/{row.pk}/", status=404)


def test_a_wrong_one_is_taken_back_and_stays_to_be_seen_with_the_reason() -> None:
    order = make_paid(user=make_user())
    seller = staff_of(order.enterprise, "sales")
    page = f"orders/{order.number}/authority-papers/"
    send(seller, page, FIELDS | {"file": SimpleUploadedFile("a.pdf", PAPER.raw)})
    row = AuthorityPaper.objects.get()

    send(seller, page, {"withdraw": str(row.pk), "reason": "of another order"})
    send(staff_of(order.enterprise, "warehouse"), page, {"withdraw": str(row.pk), "reason": "x"}, status=403)

    assert all(words in read(seller, page) for words in ("taken back", "of another order"))


def test_data_for_an_application_is_marked_as_no_certificate() -> None:
    part = make_answered()
    seller = staff_of(part.enterprise, "sales")

    send(seller, f"enquiries/{part.number}/documents/", {"application": "phytosanitary"})

    number = Document.objects.get().number
    paper = read(seller, f"enquiries/{part.number}/documents/{number}/")
    assert all(words in paper for words in ("申请资料 - 不是证书", "Application data - not a certificate", "watermark"))
