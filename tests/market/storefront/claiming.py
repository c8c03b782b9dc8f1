"""Buyers and guests before an order that arrived, as their browsers send it."""

from datetime import datetime
from decimal import Decimal

import pytest
from django.test import Client

from catalog.products.models import Variant
from market.accounts.models import User
from orders.actions.answer_claim import answer_claim
from orders.claims.models import Claim
from orders.claims.queries import claimable
from orders.orders.models import SellerOrder
from tests.builders import make_member, make_user
from tests.orders.claims import ARRIVED, make_delivered

LINK = "Something is wrong with the goods"


def set_clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    for module in ("claims", "purchases"):
        monkeypatch.setattr(f"market.storefront.{module}.read_clock", lambda: now)


def signed_in(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def guest_of(order: SellerOrder) -> Client:
    client = Client()
    found = client.post("/en/orders/find/", {"number": order.purchase.number, "phone": order.purchase.phone[-4:]})
    assert found.status_code == 302
    return client


def owned(*wishes: tuple[Variant, int]) -> tuple[SellerOrder, Client]:
    order = make_delivered(*wishes, user=make_user())
    return order, signed_in(order.purchase.buyer)


def order_url(order: SellerOrder, language: str = "en") -> str:
    return f"/{language}/orders/{order.purchase.number}/"


def form_url(order: SellerOrder, language: str = "en") -> str:
    return f"/{language}/orders/{order.purchase.number}/claim/{order.number}/"


def button(claim: Claim, act: str) -> str:
    order = claim.seller_order
    return f"/en/orders/{order.purchase.number}/claims/{claim.number}/{act}/"


def typed(order: SellerOrder, place: int = 0, **fields: str) -> dict[str, str]:
    """Of one row, as a browser sends it."""
    one = claimable(order)[place]
    return {f"{name}-{one.line.pk}-{one.lot.pk}": value for name, value in fields.items()}


def whole(order: SellerOrder, **changes: str) -> dict[str, str]:
    row = {"quantity": "4", "reason": "spoiled", "amount": "", **changes}
    return typed(order, 0, **row) | {"text": "four boxes are mouldy"}


def offered(claim: Claim, amount: str) -> Claim:
    (line,) = claim.lines.all()
    seller = make_member(claim.seller_order.enterprise)
    return answer_claim(claim, {line.pk: Decimal(amount)}, "two of them only", by=seller, now=ARRIVED)
