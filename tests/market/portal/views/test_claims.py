import re
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from catalog.products.models import Variant
from orders.actions.accept_delivery import accept_delivery
from orders.actions.answer_claim import answer_claim
from orders.actions.decide_claim import decide_claim
from orders.actions.react_to_claim import escalate_claim, take_offer, withdraw_claim
from orders.claims.models import Claim
from orders.ledger.book import Entry, K, book
from orders.payments.models import Refund
from tests.builders import make_enterprise, make_member, make_officer, make_variant
from tests.market.office.people import statements_of
from tests.market.portal.people import read, send, staff_of
from tests.orders.claims import ARRIVED, make_claim, make_claims, make_delivered, make_paid, tell, wish
from tests.orders.claims import send as send_off

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    at(monkeypatch, ARRIVED + timedelta(hours=1))


def at(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr("market.portal.views.claims.read_clock", lambda: now)


def filed() -> tuple[Claim, Client]:
    """Of 4 boxes out of 40, 100.00; and the sales person's browser."""
    claim = make_claim(make_delivered())
    return claim, staff_of(claim.seller_order.enterprise, "sales")


def field_of(claim: Claim) -> str:
    return str(claim.lines.get().pk)


def test_claim_is_read_with_lot_words_and_how_long_is_left() -> None:
    claim, client = filed()
    line = claim.lines.get()

    listed, page = read(client, "claims/"), read(client, f"claims/{claim.number}/")

    assert "71 h 0 min left" in listed
    for words in (
        "four boxes are mouldy",
        line.lot.number,
        "4 boxes",
        "spoiled: mould",
        "CN¥100.00",
        "71 h 0 min left",
    ):
        assert words in page
    assert f"/en/sell/orders/{claim.seller_order.number}/#h-shipments" in page
    assert f"/en/sell/claims/{claim.number}/" in read(client, f"orders/{claim.seller_order.number}/")
    assert "<strong>1</strong>claim to answer" in read(client, "")


def test_one_press_gives_back_all_and_a_second_one_nothing() -> None:
    claim, client = filed()
    path = f"claims/{claim.number}/"

    send(client, path, {"all": "1"})
    page = read(client, path)
    send(client, path, {"all": "1"})
    again = read(client, path)

    assert "You gave back all that was wanted." in page
    assert "Settled: CN¥100.00 go back to the buyer." in page
    assert "This step is not possible now" in again
    assert "<button class=" not in page.split("<main")[1]
    assert Refund.objects.get().amount == 100


def test_less_is_offered_with_words_and_the_page_says_what_comes_next() -> None:
    claim, client = filed()
    path, field = f"claims/{claim.number}/", field_of(claim)

    send(client, path, {field: "60", "text": "两箱是好的"})
    send(client, path, {field: "60", "text": "两箱是好的"})  # pressed twice
    page = read(client, path)

    claim.refresh_from_db()
    assert (claim.state, claim.offered) == ("answered", Decimal(60))
    assert "You offer CN¥60.00. The buyer can take it or go to an officer until 3 Dec 2026 13:00" in page
    assert "两箱是好的" in page
    worse = send(client, path, {field: "59", "text": "less"}, status=422)
    assert "not less than the 60 offered already" in worse
    send(client, path, {field: "70", "text": "好的"})
    assert Claim.objects.get().offered == 70


@pytest.mark.parametrize(
    ("amount", "text", "words"),
    [
        ("60", " ", "say why in at most 2000 characters"),
        ("100.01", "why", "an amount from 0 to 100"),
        ("-1", "why", "an amount from 0 to 100"),
        ("0.001", "why", "at most 2 decimal places"),
        ("six", "why", "Please enter a number"),
        ("NaN", "why", "Please enter a number"),
        ("", "why", "Please enter an amount; 0 if nothing goes back."),
        ("60", "x" * 2001, "say why in at most 2000 characters"),
    ],
)
def test_wrong_answer_is_told_at_its_field_keeps_what_was_typed_and_changes_nothing(
    amount: str, text: str, words: str
) -> None:
    claim, client = filed()
    field = field_of(claim)

    page = send(client, f"claims/{claim.number}/", {field: amount, "text": text}, status=422)

    assert words in page
    assert "field-bad" in page
    assert text.strip() in page
    if amount:
        assert f'value="{amount}"' in page
    claim.refresh_from_db()
    assert (claim.state, claim.lines.get().offered, Refund.objects.count()) == ("open", None, 0)


def test_nothing_is_offered_with_a_reason_only() -> None:
    claim, client = filed()

    send(client, f"claims/{claim.number}/", {field_of(claim): "0", "text": "sound when they left"})

    claim.refresh_from_db()
    assert (claim.state, claim.offered) == ("answered", Decimal(0))


@pytest.mark.parametrize("role", ["warehouse", "finance", "viewer"])
def test_others_of_the_staff_read_and_do_not_answer(role: str) -> None:
    claim, _sales = filed()
    client = staff_of(claim.seller_order.enterprise, role)

    page = read(client, f"claims/{claim.number}/")

    assert "four boxes are mouldy" in page
    assert "<textarea" not in page
    assert client.post(f"/en/sell/claims/{claim.number}/", {"all": "1"}).status_code == 403
    assert Claim.objects.get().state == "open"


def test_claim_on_another_seller_is_not_there() -> None:
    claim, _client = filed()
    client = staff_of(make_enterprise())

    assert claim.number not in read(client, "claims/")
    assert "No buyer has claimed anything." in read(client, "claims/")
    read(client, f"claims/{claim.number}/", status=404)
    send(client, f"claims/{claim.number}/", {"all": "1"}, status=404)
    assert Claim.objects.get().state == "open"


def test_late_answer_is_told_and_still_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    claim, client = filed()
    at(monkeypatch, ARRIVED + timedelta(days=4))

    assert "Your three days are over" in read(client, f"claims/{claim.number}/")
    assert '<span class="status bad">late</span>' in read(client, "claims/")
    send(client, f"claims/{claim.number}/", {"all": "1"})
    assert Claim.objects.get().state == "settled"


def test_what_an_officer_has_or_the_buyer_withdrew_is_read_only() -> None:
    claim, client = filed()
    path = f"claims/{claim.number}/"
    escalate_claim(claim, now=ARRIVED + timedelta(days=3))
    page = read(client, path)
    send(client, path, {"all": "1"})
    refused = read(client, path)
    withdraw_claim(claim, now=ARRIVED + timedelta(days=3))

    assert "an officer decides" in page
    assert "<textarea" not in page
    assert "This step is not possible now" in refused
    assert "The buyer has withdrawn the claim." in read(client, path)
    assert Refund.objects.count() == 0


def test_list_has_what_waits_for_us_first_and_filters_by_state() -> None:
    variant = make_variant(price="5.00", on_hand=50)
    client = staff_of(variant.product.enterprise)
    first, second, third = make_claims(variant, 3)
    Claim.objects.filter(pk=first.pk).update(filed_at=ARRIVED + timedelta(minutes=5))
    withdraw_claim(third, now=ARRIVED)

    def shown(query: str) -> list[str]:
        return re.findall(r'claims/([^/"?]+)/"', read(client, f"claims/{query}").split("<tbody>")[-1])

    assert shown("") == [second.number, first.number, third.number]
    assert shown("?state=withdrawn") == [third.number]
    assert shown("?state=nonsense") == shown("")
    assert "No claim is in this state." in read(client, "claims/?state=settled")


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

    assert "CN¥47.70 are a debt. What you earn next settles it first" in read(client, "payouts/")
    assert "a debt that your next earnings settle" in read(client, "")


@pytest.mark.parametrize(
    ("days", "words"), [(1, "The buyer has taken your answer."), (8, "The buyer said nothing for seven days")]
)
def test_end_is_told_with_its_reason(days: int, words: str) -> None:
    claim, client = filed()
    send(client, f"claims/{claim.number}/", {field_of(claim): "60", "text": "two are sound"})

    take_offer(Claim.objects.get(), by=None, now=ARRIVED + timedelta(days=days))

    page = read(client, f"claims/{claim.number}/")
    assert words in page
    assert "CN¥60.00 go back to the buyer, and the commission on it to you." in page


def test_officers_decision_is_read_with_its_reason() -> None:
    claim, client = filed()
    escalate_claim(claim, now=ARRIVED + timedelta(days=3))
    officer = make_officer(claim.seller_order.enterprise.unit)

    decide_claim(claim, {claim.lines.get().pk: Decimal(0)}, "照片是旧的", by=officer, now=ARRIVED + timedelta(days=4))

    page = read(client, f"claims/{claim.number}/")
    for words in ("An officer has decided", "照片是旧的", "Nothing goes back."):
        assert words in page


def test_list_takes_the_same_statements_for_three_and_for_thirty() -> None:
    variant = make_variant(price="5.00", on_hand=200)
    client = staff_of(variant.product.enterprise)
    make_claims(variant, 3)
    read(client, "claims/")
    few = statements_of(lambda: read(client, "claims/"))
    make_claims(variant, 27)

    assert statements_of(lambda: read(client, "claims/")) == few <= 8
