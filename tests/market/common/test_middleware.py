import pytest
from django.db import DataError
from django.http import HttpResponse
from django.test import Client, RequestFactory

from market.common.middleware import NothingHasNul
from orders.orders.models import SellerOrder
from tests.builders import make_placed, make_variant
from tests.market.portal.people import staff_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["pickups/new/?order=%00", "labels/?order=%00", "orders/%00/"])
def test_page_of_a_number_with_nul_is_not_there(path: str) -> None:
    make_placed((make_variant(), 1))
    client: Client = staff_of(SellerOrder.objects.get().enterprise)

    assert client.get(f"/en/sell/{path}").status_code in (302, 404)


@pytest.mark.parametrize(
    ("told", "status"),
    [("PostgreSQL text fields cannot contain NUL (0x00) bytes", 404), ("integer out of range", None)],
)
def test_only_a_nul_is_answered_as_a_page_that_is_not_there(told: str, status: int | None) -> None:
    asked = NothingHasNul(lambda request: HttpResponse())

    answer = asked.process_exception(RequestFactory().get("/en/sell/"), DataError(told))

    assert (answer and answer.status_code) == status
