"""What claims gave and providers took back on the seller's pages of money."""

import re
from decimal import Decimal

import pytest

from catalog.products.models import Variant
from orders.actions.accept_delivery import accept_delivery
from orders.actions.answer_claim import answer_claim
from orders.actions.decide_reversal import Shares, decide_reversal
from orders.ledger.book import Entry, K, book
from tests.builders import make_member, make_variant
from tests.market.portal.people import read, send, staff_of
from tests.market.portal.views.test_claims import filed
from tests.orders.claims import ARRIVED, make_claim, make_paid, tell, wish
from tests.orders.claims import send as send_off
from tests.orders.payouts import make_account, make_cashier
from tests.orders.reversals import make_reversal

pytestmark = pytest.mark.django_db


def amounts_in(html: str) -> list[Decimal]:
    found = re.findall(r"([-−]?)CN¥([\d.,]+)", html)
    return [Decimal(f"{'-' if sign else ''}{digits.replace(',', '')}") for sign, digits in found]


def make_orders_with_refunds(variant: Variant) -> None:
    """One that waits for parcels that may still come, one completed by its claim, one claimed after acceptance."""
    on_its_way, settled, accepted = (make_paid((variant, 7)) for _ in range(3))
    for order, waybill, status in (
        (on_its_way, "A", "failed"),
        (settled, "B", "delivered"),
        (accepted, "C", "delivered"),
    ):
        send_off(order, waybill)
        tell(waybill, status)
    accept_delivery(accepted, by=None, now=ARRIVED)
    for order, reason in ((on_its_way, "not_arrived"), (settled, "spoiled"), (accepted, "quality")):
        order.refresh_from_db()
        claim = make_claim(order, wish(order, "2", reason))
        answer_claim(
            claim, {claim.lines.get().pk: claim.wanted}, "", by=make_member(variant.product.enterprise), now=ARRIVED
        )


def test_payouts_add_up_with_what_claims_gave_back() -> None:
    """What was given back stands in its order's row; the rows add up to the orders' share, that to the books."""
    variant = make_variant(price="3.33", net_kg="1", on_hand=90)
    make_orders_with_refunds(variant)
    client = staff_of(variant.product.enterprise)

    for tab, column, orders in (("held", 0, 1), ("available", 1, 2)):
        page = read(client, f"payouts/?tab={tab}")
        of_orders, other, booked = (amounts_in(page.split("<table")[1])[at + column] for at in (0, 2, 4))
        rows = [amounts_in(row) for row in page.split("<tbody>")[-1].split("<tr>")[1:]]
        assert len(rows) == orders
        for goods, freight, given_back, commission, tax, receive in rows:
            assert (goods, given_back) == (Decimal("23.31"), Decimal("-6.66"))
            assert goods + freight + given_back + commission + tax == receive
        assert (sum(row[-1] for row in rows), other, of_orders) == (booked, Decimal(0), booked)


def test_payouts_add_up_with_what_a_provider_took_back() -> None:
    order = make_paid()
    reversal = make_reversal(order, "100.00", "taken", ref="du_1")
    shares = Shares({order.lines.get().pk: Decimal("100.00")})
    decide_reversal(reversal, shares, reason="asked the buyer", by=make_cashier(), now=ARRIVED)
    client = staff_of(order.enterprise)

    def held() -> list[Decimal]:
        of_orders, _, other, _, booked, *_ = amounts_in(read(client, "payouts/?tab=held").split("<table")[1])
        return [of_orders, other, booked]

    assert held() == [Decimal("852.30"), 0, Decimal("852.30")]
    make_reversal(order, "100.00", "returned", ref="du_1")
    assert held() == [Decimal("947.00"), 0, Decimal("947.00")]


def test_order_page_shows_what_was_given_back_in_a_column_of_its_own() -> None:
    claim, client = filed()
    path = f"orders/{claim.seller_order.number}/"
    assert "Given back" not in read(client, path)

    send(client, f"claims/{claim.number}/", {"all": "1"})

    page = read(client, path)
    assert amounts_in(page.split("<tfoot>")[1].split("</tfoot>")[0]) == [
        1000,
        -100,
        45,
        Decimal("2.7"),
        Decimal("852.3"),
    ]
    assert "CN¥100.00 wanted back" in page
    assert "CN¥100.00 given back" in page


def test_balance_below_zero_is_said_to_be_a_debt() -> None:
    claim, client = filed()
    enterprise = claim.seller_order.enterprise
    assert "debt" not in read(client, "payouts/")
    send(client, f"claims/{claim.number}/", {"all": "1"})
    entries = [Entry(K.SELLER_AVAILABLE, Decimal("900"), enterprise.pk), Entry(K.CLEARING, Decimal("-900"))]
    book("payout:1", "payout", entries, currency="CNY", source=("payout", "1"), now=ARRIVED)

    page = read(client, "payouts/")
    assert "CN¥47.70 are a debt. What you earn next settles it first" in page
    assert "No payout account has been entered." in page
    assert "a debt that your next earnings settle" in read(client, "")

    make_account(enterprise)
    assert read(client, "payouts/").count("More was given back than was available") == 1
