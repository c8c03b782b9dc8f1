from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog.products.models import Variant
from market.enterprises.models import Enterprise
from orders.quotes.models import EnquiryPart
from tests.builders import make_enquiry_of, make_enterprise, make_member, make_user, make_variant

pytestmark = pytest.mark.django_db


def seller(enterprise: Enterprise, role: str = "owner") -> Client:
    client = Client()
    client.force_login(make_member(enterprise, role))
    return client


def get(client: Client, path: str) -> tuple[int, str]:
    answer: Any = client.get(path)
    return answer.status_code, answer.content.decode()


@pytest.fixture
def mine() -> Variant:
    return make_variant(name_en="My jujubes")


def test_a_seller_sees_own_lines_and_the_evidence_but_not_the_other_sellers(mine: Variant) -> None:
    make_enquiry_of(mine, make_variant(name_en="Their jujubes"))
    part = EnquiryPart.objects.for_enterprise(mine.product.enterprise_id).get()

    for path in ("/en/sell/enquiries/", f"/en/sell/enquiries/{part.number}/"):
        status, text = get(seller(mine.product.enterprise), path)
        assert status == 200
        assert "My jujubes" in text
        assert "Their jujubes" not in text
    assert "customs record of the exporting food producer" in text


def test_another_enterprise_finds_nothing_and_answers_nothing(mine: Variant) -> None:
    make_enquiry_of(mine)
    part = EnquiryPart.objects.get()
    path = f"/en/sell/enquiries/{part.number}/"
    for client in (seller(make_enterprise()), Client()):
        assert client.get(path).status_code in (302, 404)
        assert client.post(path, {"message": "mine"}).status_code in (302, 404)
    stranger = Client()
    stranger.force_login(make_user())
    assert stranger.get("/en/sell/enquiries/").status_code == 404

    part.refresh_from_db()
    assert (part.state, part.events.count()) == ("open", 1)


def test_answer_then_close(mine: Variant) -> None:
    enquiry = make_enquiry_of(mine)
    part = EnquiryPart.objects.get()
    path = f"/en/sell/enquiries/{part.number}/"
    client = seller(mine.product.enterprise, "sales")

    assert client.post(path, {"message": "  "}).status_code == 422
    assert client.post(path, {"message": "26 USD a box"}).status_code == 302
    assert "26 USD a box" in get(client, path)[1]
    assert client.post(path, {"message": "", "close": "1"}).status_code == 302
    assert client.post(path, {"message": "more"}).status_code == 302

    part.refresh_from_db()
    assert (part.state, part.events.count()) == ("closed", 3)
    assert enquiry.number in part.number


def test_warehouse_staff_may_read_but_not_answer(mine: Variant) -> None:
    make_enquiry_of(mine)
    part = EnquiryPart.objects.get()
    client = seller(mine.product.enterprise, "warehouse")

    client.post(f"/en/sell/enquiries/{part.number}/", {"message": "mine"})

    part.refresh_from_db()
    assert part.state == "open"


@pytest.mark.parametrize("count", [3, 25])
def test_list_costs_the_same_for_few_and_many(mine: Variant, count: int) -> None:
    for _ in range(count):
        make_enquiry_of(mine)
    client = seller(mine.product.enterprise)

    with CaptureQueriesContext(connection) as queries:
        _status, text = get(client, "/en/sell/enquiries/")

    assert text.count("My jujubes") == count
    assert len(queries) <= 8


@pytest.mark.parametrize("language", ["zh-hans", "ru"])
def test_pages_speak_the_readers_language(mine: Variant, language: str) -> None:
    make_enquiry_of(mine)
    part = EnquiryPart.objects.get()

    _status, text = get(seller(mine.product.enterprise), f"/{language}/sell/enquiries/{part.number}/")

    for english in ("Needed before", "customs record", "Answer", "Planned arrival", "End destination"):
        assert english not in text
