from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import DataError, IntegrityError, connection
from django.test.utils import CaptureQueriesContext

from catalog.pricing.models import Price, PriceTier
from catalog.products.models import Variant
from market.common.deadlines.models import Deadline
from market.common.outbox.models import OutboxEvent
from market.common.together import insert_together
from tests.builders import NOW, domestic, make_product

pytestmark = pytest.mark.django_db


def packings(count: int) -> tuple[list[Variant], list[Price], list[PriceTier]]:
    """Of one product, each with a price of two steps; nothing of it is written."""
    product = make_product()
    variants = [
        Variant(product=product, sku=f"S-{number}", net_kg=Decimal("2.5"), gross_kg=Decimal(3))
        for number in range(count)
    ]
    prices = [Price(variant=variant, channel=domestic(), moq=Decimal("0.5")) for variant in variants]
    tiers = [
        PriceTier(price=price, min_quantity=least, amount=Decimal("12.3456"))
        for price in prices
        for least in (Decimal(1), Decimal(10))
    ]
    return variants, prices, tiers


def test_rows_of_several_tables_are_written_with_the_keys_of_each_other() -> None:
    variants, prices, tiers = packings(3)

    insert_together(variants, prices, tiers)

    for variant, price in zip(variants, prices, strict=True):
        stored = Price.objects.get(variant__sku=variant.sku)
        assert (stored.pk, stored.variant_id, stored.moq, stored.multiple) == (price.pk, variant.pk, Decimal("0.5"), 1)
        assert [(tier.min_quantity, tier.amount) for tier in stored.tiers.all()] == [
            (Decimal(1), Decimal("12.3456")),
            (Decimal(10), Decimal("12.3456")),
        ]
    assert [tier.pk for tier in tiers] == sorted(tier.pk for tier in PriceTier.objects.filter(price__in=prices))


def test_rows_written_together_read_back_as_they_were_made() -> None:
    payload = {"words": ["红枣", 'a "b" \\ c'], "deep": {"n": 1.5, "none": None}}
    event = OutboxEvent(topic="t", subject="s'%s", payload=payload, created_at=NOW, due_at=NOW + timedelta(seconds=1.5))
    deadline = Deadline(kind="k", subject="红枣", due_at=NOW)

    insert_together([event], [], [deadline])

    stored = OutboxEvent.objects.get(pk=event.pk)
    assert (stored.subject, stored.payload, stored.created_at, stored.due_at, stored.done_at) == (
        event.subject,
        payload,
        NOW,
        event.due_at,
        None,
    )
    assert Deadline.objects.get(pk=deadline.pk) == deadline
    deadline.error = "a row that stands is updated"
    deadline.save()
    assert Deadline.objects.get().error == deadline.error


@pytest.mark.parametrize("count", [1, 30])
def test_statements_do_not_grow_with_rows(count: int) -> None:
    insert_together(*packings(1))  # a process asks for the names of sequences once

    rows = packings(count)
    with CaptureQueriesContext(connection) as queries:
        insert_together(*rows)
        insert_together([], [])

    assert len(queries) == (2 if connection.vendor == "postgresql" else 3)


def test_constraint_of_a_later_table_leaves_nothing_of_the_earlier() -> None:
    variants, prices, tiers = packings(1)
    tiers[0].amount = Decimal(-1)

    with pytest.raises(IntegrityError):
        insert_together(variants, prices, tiers)


def test_text_that_is_too_long_is_refused_where_the_database_does() -> None:
    deadline = Deadline(kind="k" * 41, subject="s", due_at=NOW)

    if connection.vendor == "postgresql":
        with pytest.raises(DataError):
            insert_together([deadline])
    else:
        insert_together([deadline])
        assert Deadline.objects.get().kind == deadline.kind
