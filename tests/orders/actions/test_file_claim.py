"""What may be claimed, once, and what is refused by name."""

from datetime import datetime, timedelta

import pytest
from django.db import IntegrityError, transaction
from pytest_django import DjangoAssertNumQueries

from market.common.errors import InvalidInput, MarketError
from orders.actions.accept_delivery import accept_delivery
from orders.actions.file_claim import check_may_claim, file_claim
from orders.actions.react_to_claim import withdraw_claim
from orders.claims.errors import ClaimIsOpen, KeyUsed, NothingToClaim
from orders.claims.models import Claim
from orders.claims.queries import claims_of, is_claimable
from orders.orders.models import SellerOrder
from orders.shipments.queries import journey
from tests.builders import NOW
from tests.orders.actions.test_claims import clock, make_delivered_again, offer
from tests.orders.claims import ARRIVED, make_claim, make_delivered, make_paid, send, tell, wish

pytestmark = pytest.mark.django_db


def test_one_open_claim_at_a_time_whoever_comes_first() -> None:
    order = make_delivered()
    claim = make_claim(order)
    with pytest.raises(ClaimIsOpen):
        make_claim(order)
    with pytest.raises(IntegrityError), transaction.atomic():
        Claim.objects.create(seller_order=order, number="X", text="x", filed_at=NOW)
    withdraw_claim(claim, now=ARRIVED)
    assert make_claim(order).number == f"{order.number}-C2"


def test_same_key_again_gives_the_same_claim_and_never_another() -> None:
    order = make_delivered()
    lines = [wish(order)]
    claim = file_claim(order, lines, "mould", by=None, now=ARRIVED, key="k")
    withdraw_claim(claim, now=ARRIVED)

    assert file_claim(order, lines, " mould ", by=None, now=ARRIVED, key="k") == claim
    for other, text in (([wish(order, "3")], "mould"), (lines, "rot"), ([], "mould")):
        with pytest.raises(KeyUsed):
            file_claim(order, other, text, by=None, now=ARRIVED, key="k")
    assert Claim.objects.count() == 1
    assert file_claim(order, lines, "mould", by=None, now=ARRIVED).number == f"{order.number}-C2"


def claimable_both_ways(order: SellerOrder, now: datetime) -> bool:
    """By the check and by rows that have been read, which must say the same."""
    try:
        checked = bool(check_may_claim(order, now))
    except MarketError:
        checked = False
    row = SellerOrder.objects.select_related("acceptance").get(pk=order.pk)
    accepted = getattr(row, "acceptance", None)
    shipments, claims = journey([row])[row.pk], claims_of([row.pk])[row.pk]
    assert is_claimable(row, shipments, claims, accepted and accepted.at, now) == checked
    return checked


def test_rows_that_have_been_read_say_what_the_check_says() -> None:
    order = make_paid()
    said = [claimable_both_ways(order, NOW)]
    send(order)
    said.append(claimable_both_ways(order, NOW))
    tell("W1", "delivered")
    order.refresh_from_db()
    said.append(claimable_both_ways(order, ARRIVED))
    claim = make_claim(order)
    said.append(claimable_both_ways(order, ARRIVED))
    withdraw_claim(claim, now=ARRIVED)
    accept_delivery(order, by=None, now=ARRIVED)
    order.refresh_from_db()
    said += [claimable_both_ways(order, ARRIVED + timedelta(days=days)) for days in (14, 15)]
    offer(make_claim(order, wish(order, "40")), "1000")
    said.append(claimable_both_ways(order, ARRIVED))

    assert said == [False, False, True, False, True, False, False]


@pytest.mark.parametrize(
    ("quantity", "reason", "amount"),
    [
        ("0", "spoiled", None),
        ("-1", "spoiled", None),
        ("40.001", "spoiled", None),
        ("1.0001", "spoiled", None),
        ("NaN", "spoiled", None),
        ("4", "", None),
        ("4", "ugly", None),
        ("4", "spoiled", "100.01"),
        ("4", "spoiled", "0"),
        ("4", "spoiled", "0.001"),
        ("4", "spoiled", "Infinity"),
    ],
)
def test_wishes_that_cannot_be_are_named_and_nothing_is_written(quantity: str, reason: str, amount: str | None) -> None:
    order = make_delivered()
    line = wish(order, quantity, reason, amount)

    with pytest.raises(InvalidInput) as refused:
        make_claim(order, line)

    assert list(refused.value.details["fields"]) == [f"{line.line}-{line.lot}"]
    assert (Claim.objects.count(), clock(order)) == (0, ARRIVED + timedelta(days=7))


def test_lines_of_others_twice_or_none_and_no_words_are_refused() -> None:
    order, other = make_delivered(), make_delivered_again()
    for wishes, text, field in (
        ([wish(other)], "mould", "lines"),
        ([wish(order), wish(order)], "mould", "lines"),
        ([], "mould", "lines"),
        ([wish(order)], " \u200b ", "text"),
        ([wish(order)], "x" * 2001, "text"),
    ):
        with pytest.raises(InvalidInput) as refused:
            file_claim(order, wishes, text, by=None, now=ARRIVED)
        assert list(refused.value.details["fields"]) == [field]


def test_claims_of_orders_cost_two_statements(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    orders = [make_claim(make_delivered()).seller_order, make_claim(make_delivered_again()).seller_order]

    with django_assert_num_queries(2):
        found = claims_of(order.pk for order in orders)
        told = [(line.order_line.sku, line.lot.number) for claims in found.values() for line in claims[0].lines.all()]
    assert len(told) == 2


def test_order_that_is_not_paid_or_has_ended_cannot_be_claimed() -> None:
    order = make_paid()
    with pytest.raises(NothingToClaim):
        file_claim(order, [], "early", by=None, now=NOW)
