"""Officers and buyers at their browsers."""

from collections.abc import Callable

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from market.accounts.models import User
from market.regions.models import OrgUnit
from orders.orders.models import Purchase
from orders.payments.actions.start_payment import start_payment
from orders.payments.models import Payment
from tests.builders import NOW, make_enterprise, make_placed, make_regiment, make_variant


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def top_unit() -> OrgUnit:
    make_regiment()
    return OrgUnit.objects.get(parent=None)


def promised(unit: OrgUnit | None = None, *, price: str = "30.00") -> Payment:
    """A purchase of one box (5 kg) that will be paid by bank transfer."""
    variant = make_variant(enterprise=make_enterprise(unit=unit), price=price)
    purchase: Purchase = make_placed((variant, 1)).purchase
    return start_payment(purchase, "bank_transfer", return_url="", now=NOW)


def statements_of(act: Callable[[], object]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        act()
    return len(queries)
