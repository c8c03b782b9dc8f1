import pytest
from django.test import Client

from orders.cart.models import Cart
from orders.checkout.place_order import access_token
from orders.payments.gateways.base import GatewayError
from orders.payments.gateways.sandbox import SandboxGateway
from orders.payments.models import Payment
from tests.builders import make_placed, make_variant

pytestmark = pytest.mark.django_db


def test_provider_away_is_503_in_our_shape_and_the_attempt_stays(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object) -> None:
        raise GatewayError("no answer")

    placed = make_placed((make_variant(), 1))
    token = access_token(Cart.objects.get(pk=placed.purchase.cart_id))
    path = f"/api/v1/purchases/{placed.purchase.number}/pay"
    monkeypatch.setattr(SandboxGateway, "start", away)

    answer = client.post(
        path, {"gateway": "sandbox"}, content_type="application/json", headers={"X-Purchase-Token": token}
    )

    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "provider_away")
    assert Payment.objects.get().state == "created"


@pytest.mark.parametrize("path", ["nowhere", "carts/1/lines"])
def test_post_to_an_address_that_is_none_is_told_as_a_program_reads_it(path: str) -> None:
    answer = Client(enforce_csrf_checks=True).post(f"/api/v1/{path}", {}, content_type="application/json")

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, "not_found")
