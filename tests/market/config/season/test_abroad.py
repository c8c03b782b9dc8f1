"""The way of an enquiry in the season: closed at first, open after an officer has opened a destination."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
import time_machine
from django.test import Client

from catalog.pricing.models import Price
from market.accounts.models import User
from market.compliance.actions.set_destination import set_destination
from market.enterprises.models import Enterprise
from orders.quotes.models import Enquiry

pytestmark = pytest.mark.django_db
FORM = {
    "country": "KZ",
    "onward_country": "KZ",
    "expected_entry": "2027-03-01",
    "incoterm": "DAP",
    "named_place": "Khorgos",
    "company": "Almaty Fruit LLP",
    "contact": "A. Buyer",
    "email": "a.buyer@example.org",
    "message": "",
}


@pytest.fixture
def price(season: datetime) -> Price:
    """Of a seller whose owners an officer has looked at."""
    known = Enterprise.objects.filter(ownership_findings__result="INDEPENDENT").order_by("pk")[0]
    prices = Price.objects.for_enterprise(known.pk).filter(channel__code="export")
    return prices.select_related("variant__product").order_by("pk")[0]


def ask(client: Client, price: Price) -> Any:
    client.post("/en/enquiry/put/", {"variant": price.variant_id, "quantity": price.moq, "back": "/en/enquiry/"})
    return client.post("/en/enquiry/", FORM)


@pytest.fixture(autouse=True)
def _on_the_day_of_the_season(season: datetime) -> Iterator[None]:
    """What officers found out about owners holds for a year."""
    with time_machine.travel(season):
        yield


def product_page(client: Client, price: Price) -> str:
    product = price.variant.product
    return client.get(f"/en/p/{product.pk}-{product.slug}/").content.decode()


def test_enquiry_to_a_closed_destination_is_refused_and_the_product_says_why(client: Client, price: Price) -> None:
    page = product_page(client, price)
    answer = ask(client, price)

    assert "All destinations abroad are closed for these goods until our compliance office opens one." in page
    assert "Add to export enquiry" not in page
    assert answer.status_code == 422
    assert not Enquiry.objects.exists()


def test_enquiry_goes_through_once_the_officer_has_opened_the_destination(
    client: Client, price: Price, season: datetime
) -> None:
    officer = User.objects.get(email="officer@season.example")
    set_destination("KZ", "open", reason="sample", by=officer, now=season)

    page = product_page(client, price)
    answer = ask(client, price)

    assert "Add to export enquiry" in page
    assert answer.status_code == 302
    enquiry = Enquiry.objects.get()
    assert (enquiry.country, enquiry.parts.get().enterprise_id) == ("KZ", price.variant.product.enterprise_id)
