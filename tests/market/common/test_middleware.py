import pytest
from django.test import Client

from orders.orders.models import SellerOrder
from tests.builders import make_placed, make_variant
from tests.market.portal.people import staff_of

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("path", ["pickups/new/?order=%00", "labels/?order=%00", "orders/%00/"])
def test_page_of_a_number_with_nul_is_not_there(path: str) -> None:
    make_placed((make_variant(), 1))
    client: Client = staff_of(SellerOrder.objects.get().enterprise)

    assert client.get(f"/en/sell/{path}").status_code in (302, 404)
