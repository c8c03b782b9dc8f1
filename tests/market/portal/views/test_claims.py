import re
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client

from orders.actions.decide_claim import decide_claim
from orders.actions.react_to_claim import escalate_claim, take_offer, withdraw_claim
from orders.claims.models import Claim
from orders.payments.models import Refund
from tests.builders import make_enterprise, make_officer, make_variant
from tests.market.office.people import statements_of
from tests.market.portal.people import read, send, staff_of
from tests.orders.claims import ARRIVED, make_claim, make_claims, make_delivered

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
    assert "from CN¥0.00 to CN¥100.00" in page
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
