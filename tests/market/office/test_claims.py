import re
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

import pytest
from django.test import Client

from market.accounts.models import User
from market.common.audit.models import AuditEntry
from market.office.templatetags.office import known_reason
from orders.actions.answer_claim import answer_claim
from orders.actions.react_to_claim import escalate_claim, withdraw_claim
from orders.claims.models import Claim
from orders.orders.models import Purchase, SellerOrder
from orders.payments.models import Refund
from tests.builders import make_enterprise, make_member, make_officer, make_regiment, make_user, make_variant
from tests.market.office.people import signed_in, statements_of
from tests.market.storefront.shop import words
from tests.orders.claims import ARRIVED, make_claim, make_claims, make_delivered, wish

pytestmark = pytest.mark.django_db
LATER = ARRIVED + timedelta(days=3)


def escalated(user: User | None = None) -> Claim:
    """Of 4 boxes out of 40, 100.00, of which the seller offers 10.00."""
    claim = make_claim(make_delivered(user=user))
    seller = make_member(claim.seller_order.enterprise)
    answer_claim(claim, {claim.lines.get().pk: Decimal(10)}, "一箱有问题", by=seller, now=ARRIVED)
    return escalate_claim(Claim.objects.get(pk=claim.pk), now=LATER)


def path_of(claim: Claim) -> str:
    return f"/en/ops/claims/{claim.number}/"


def reviewer_of(claim: Claim) -> Client:
    return signed_in(make_officer(claim.seller_order.enterprise.unit))


def decision(claim: Claim, amount: str = "80", reason: str = "看过照片") -> dict[str, str]:
    return {str(claim.lines.get().pk): amount, "reason": reason}


def test_reviewer_reads_both_sides_and_decides_once() -> None:
    claim = escalated()
    client, path = reviewer_of(claim), path_of(claim)
    page = words(client.get(path))
    for seen in ("four boxes are mouldy", "一箱有问题", "CN¥100.00", "CN¥10.00", "spoiled", "delivered", "W1"):
        assert seen in page

    assert client.post(path, decision(claim)).status_code == 302
    told = words(client.get(path))
    again = client.post(path, decision(claim, "100"))

    assert "The claim is decided" in told
    assert "看过照片" in told
    assert again.status_code == 422
    assert "This step is not possible now" in words(again)
    claim.refresh_from_db()
    assert (claim.state, claim.agreed, Refund.objects.get().amount) == ("settled", Decimal(80), Decimal(80))
    assert AuditEntry.objects.filter(action="claim.decided").count() == 1
    assert "a claim was decided" in words(client.get(f"/en/ops/sellers/{claim.seller_order.enterprise.number}/"))
    order = words(client.get(f"/en/ops/orders/{claim.seller_order.number}/"))
    assert "CN¥80.00 given back" in order
    assert "−CN¥80.00" in order


def test_refund_of_a_claim_names_it_in_the_officers_language() -> None:
    assert known_reason("claim P1-1-C1") == "索赔 P1-1-C1"
    assert known_reason("claim of the buyer") == "claim of the buyer"


@pytest.mark.parametrize(
    ("amount", "reason", "told"),
    [
        ("100.01", "seen", "This must be at most 100."),
        ("-1", "seen", "This must be at least 0."),
        ("0.001", "seen", "at most 2 decimal places"),
        ("NaN", "seen", "Please enter a number"),
        ("", "seen", "Please enter an amount; 0 if nothing goes back."),
        ("80", " ", "Please fill this in."),
        ("80", "x" * 2001, "say why in at most 2000 characters"),
    ],
)
def test_wrong_decision_is_told_keeps_what_was_typed_and_changes_nothing(amount: str, reason: str, told: str) -> None:
    claim = escalated()

    answer = reviewer_of(claim).post(path_of(claim), decision(claim, amount, reason))

    page = answer.content.decode()
    assert (answer.status_code, told in page) == (422, True)
    assert not amount or f'value="{amount}"' in page
    assert reason.strip() in page
    claim.refresh_from_db()
    assert (claim.state, Refund.objects.count()) == ("escalated", 0)


def test_officer_elsewhere_sees_nothing() -> None:
    claim = escalated()
    client = signed_in(make_officer(make_regiment()))

    assert claim.number not in words(client.get("/en/ops/claims/"))
    assert client.get(path_of(claim)).status_code == 404
    assert client.post(path_of(claim), decision(claim)).status_code == 404
    assert "<strong>0</strong>claims wait for an officer" in client.get("/en/ops/").content.decode()
    assert Claim.objects.get().state == "escalated"


@pytest.mark.parametrize("role", ["viewer", "finance", "compliance"])
def test_others_look_only(role: str) -> None:
    claim = escalated()
    client = signed_in(make_officer(claim.seller_order.enterprise.unit, role))

    assert "Decide for good" not in words(client.get(path_of(claim)))
    assert client.post(path_of(claim), decision(claim)).status_code == 404
    assert Claim.objects.get().state == "escalated"


@pytest.mark.parametrize("side", ["seller", "buyer", "guest"])
def test_officer_who_sells_or_bought_does_not_decide(side: str) -> None:
    claim = escalated()
    officer = make_officer(claim.seller_order.enterprise.unit)
    if side == "seller":
        claim.seller_order.enterprise.members.create(user=officer, role="viewer")
    elif side == "buyer":
        Purchase.objects.update(buyer=officer)
    else:
        Purchase.objects.update(buyer_email=officer.email)
    client = signed_in(officer)

    page = words(client.get(path_of(claim)))

    assert "somebody else decides" in page
    assert "Decide for good" not in page
    assert client.post(path_of(claim), decision(claim)).status_code == 422
    assert "Nothing waits for your decision." in words(client.get("/en/ops/"))
    assert Claim.objects.get().state == "escalated"


def test_what_is_not_escalated_is_read_and_not_decided() -> None:
    claim = make_claim(make_delivered())
    client = reviewer_of(claim)

    assert "Decide for good" not in words(client.get(path_of(claim)))
    assert client.post(path_of(claim), decision(claim)).status_code == 422
    assert "<strong>0</strong>claims wait for an officer" in client.get("/en/ops/").content.decode()
    assert Claim.objects.get().state == "open"


def test_home_counts_and_lists_what_was_escalated() -> None:
    claim = escalated()

    page = reviewer_of(claim).get("/en/ops/").content.decode()

    assert "<strong>1</strong>claim waits for an officer" in page
    assert page.count(f'href="{path_of(claim)}"') == 1


def test_list_has_those_that_wait_for_an_officer_first_and_filters() -> None:
    variant = make_variant(price="5.00", on_hand=50)
    client = signed_in(make_officer(variant.product.enterprise.unit))
    first, second, third, fourth = make_claims(variant, 4)
    escalate_claim(third, now=LATER)
    escalate_claim(second, now=LATER + timedelta(hours=1))
    withdraw_claim(fourth, now=LATER)

    def shown(query: str) -> list[str]:
        page = client.get(f"/en/ops/claims/{query}").content.decode()
        return re.findall(r'claims/([^/"?]+)/"', page.split("<tbody>")[-1])

    assert shown("") == [third.number, second.number, fourth.number, first.number]
    assert shown("?state=escalated") == [third.number, second.number]
    assert shown("?state=nonsense") == shown("")
    assert "No claim is in this state." in words(client.get("/en/ops/claims/?state=settled"))


def test_earlier_claims_of_the_lot_by_others_are_a_hint() -> None:
    variant = make_variant(price="5.00", on_hand=50)
    buyer = make_user()
    client = signed_in(make_officer(variant.product.enterprise.unit))
    others = [make_delivered((variant, 2), user=make_user(), waybill=f"O{n}") for n in range(3)]
    Purchase.objects.update(buyer_email="")
    own = [make_delivered((variant, 2), user=buyer, waybill=f"M{n}") for n in range(2)]
    early = ARRIVED - timedelta(hours=2)

    def claimed(order: SellerOrder, now: datetime) -> Claim:
        return make_claim(order, wish(order, "1"), now=now)

    claimed(others[0], early)
    withdraw_claim(claimed(others[1], early), now=ARRIVED)
    claimed(own[0], early)
    claim = claimed(own[1], ARRIVED)
    claimed(others[2], ARRIVED + timedelta(hours=1))

    page = words(client.get(path_of(claim)))

    lot = claim.lines.get().lot.number
    assert f"Lot {lot} also went into 3 orders of other buyers; claimed earlier: 1 (33 %)." in page


def test_seller_has_no_office() -> None:
    claim = escalated()
    client = signed_in(make_member(claim.seller_order.enterprise))

    assert client.get("/en/ops/claims/").status_code == 404
    assert client.get(path_of(claim)).status_code == 404


def test_pages_take_the_same_statements_for_three_and_for_thirty() -> None:
    variant = make_variant(price="5.00", on_hand=200)
    client = signed_in(make_officer(make_enterprise(unit=variant.product.enterprise.unit).unit))
    claim, *_others = make_claims(variant, 3)

    def cost() -> list[int]:
        return [statements_of(partial(client.get, path)) for path in ("/en/ops/claims/", path_of(claim))]

    cost()
    few = cost()
    make_claims(variant, 27)

    assert cost() == few
    assert max(few) <= 22


def test_open_claim_shows_in_the_lists_of_orders_of_all_three_sides() -> None:
    buyer = make_user()
    claim = make_claim(make_delivered(user=buyer))
    seller = signed_in(make_member(claim.seller_order.enterprise, role="sales"))
    lists = {
        "/en/orders/": signed_in(buyer),
        "/en/sell/orders/?state=all": seller,
        "/en/ops/orders/": reviewer_of(claim),
    }

    assert all("A claim is open" in words(client.get(url)) for url, client in lists.items())

    withdraw_claim(claim, now=ARRIVED)
    assert not any("A claim is open" in words(client.get(url)) for url, client in lists.items())
