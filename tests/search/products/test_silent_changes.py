"""PostgreSQL: changes that no action makes tell of themselves."""

from contextlib import suppress
from decimal import Decimal

import pytest
from django.db import connection, transaction

from catalog.pricing.actions.set_price import set_price
from catalog.pricing.models import PriceTier
from catalog.products.models import ChannelListing, Product, Variant
from market.channels.models import Channel
from market.common.outbox.models import OutboxEvent
from tests.builders import NOW, domestic, make_variant

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def variant() -> Variant:
    if connection.vendor != "postgresql":
        pytest.fail("set DATABASE_URL to a PostgreSQL server: `make services` starts one")
    # Tests that commit find an emptied database.
    Channel.objects.get_or_create(code="domestic", defaults={"kind": "domestic", "currency": "CNY", "name_zh": "国内"})
    made = make_variant()
    OutboxEvent.objects.all().delete()
    return made


def told() -> list[tuple[str, str]]:
    return list(OutboxEvent.objects.order_by("pk").values_list("subject", "payload__reason"))


def test_bulk_update_tells_once_a_product(variant: Variant) -> None:
    other = make_variant()
    OutboxEvent.objects.all().delete()

    with transaction.atomic():
        Product.objects.update(name_zh="骏枣")
        Product.objects.update(name_en="Jun jujubes")

    assert sorted(told()) == sorted([(str(variant.product_id), "sql"), (str(other.product_id), "sql")])


def test_price_tier_listing_and_packing_tell_of_their_product(variant: Variant) -> None:
    for change in (
        lambda: PriceTier.objects.update(amount=Decimal(9)),
        lambda: ChannelListing.objects.all().delete(),
        lambda: Variant.objects.update(is_active=False),
        lambda: PriceTier.objects.all().delete(),
    ):
        OutboxEvent.objects.all().delete()
        change()
        assert told() == [(str(variant.product_id), "sql")]


def test_action_that_tells_is_not_repeated(variant: Variant) -> None:
    set_price(variant, domestic(), basis="per_kg", tiers=[(Decimal(1), Decimal(41))], now=NOW)

    reasons = [reason for _, reason in told()]
    assert "price" in reasons
    assert reasons.count("sql") <= 1  # an event written behind a savepoint is taken for another transaction's


def test_event_of_another_transaction_does_not_silence_it(variant: Variant) -> None:
    Product.objects.update(name_zh="骏枣")
    Product.objects.update(name_zh="冬枣")

    assert told() == [(str(variant.product_id), "sql")] * 2


def test_refused_change_tells_nothing(variant: Variant) -> None:
    with suppress(ZeroDivisionError), transaction.atomic():
        Product.objects.update(name_zh="骏枣")
        1 / 0  # noqa: B018 - anything that ends the transaction

    assert told() == []
