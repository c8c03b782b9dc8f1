from decimal import Decimal

import pytest

from orders.cart.actions import change_cart
from orders.cart.actions.change_cart import put_line
from orders.cart.errors import CartFull, NotForSale
from orders.cart.models import CartLine
from tests.builders import NOW, make_cart, make_variant

pytestmark = pytest.mark.django_db


def test_put_line_into_a_full_cart_is_refused_and_a_line_in_it_may_still_change(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(change_cart, "MAX_LINES", 2)
    first, second, third = make_variant(), make_variant(), make_variant()
    cart = make_cart((first, 1), (second, 1))

    with pytest.raises(CartFull) as refusal:
        put_line(cart, third.pk, Decimal(1), now=NOW)
    put_line(cart, first.pk, Decimal(2), now=NOW)
    put_line(make_cart(), third.pk, Decimal(1), now=NOW)

    assert refusal.value.details == {"most": 2}
    assert dict(CartLine.objects.filter(cart=cart).values_list("variant", "quantity")) == {first.pk: 2, second.pk: 1}


@pytest.mark.parametrize("variant_id", [0, -1, 2**63, 10**40])
def test_put_line_of_a_packing_that_cannot_be_is_not_for_sale(variant_id: int) -> None:
    with pytest.raises(NotForSale):
        put_line(make_cart(), variant_id, Decimal(1), now=NOW)

    assert not CartLine.objects.exists()
