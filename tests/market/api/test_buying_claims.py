"""Claims over the API: the buyer's key or the purchase's secret files them and reacts to the answer."""

import json
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from market.accounts.actions.keep_api_key import create_api_key
from market.accounts.models import User
from orders.actions.answer_claim import answer_claim
from orders.cart.models import Cart
from orders.checkout.place_order import access_token
from orders.claims.models import Claim
from orders.orders.models import SellerOrder
from tests.builders import NOW, make_member, make_user, make_variant
from tests.market.api.test_bad_input import bent, problem
from tests.orders.claims import ARRIVED, make_claim, make_delivered, make_paid, send, tell, wish

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, ARRIVED)


def set_clock(monkeypatch: pytest.MonkeyPatch, now: datetime) -> None:
    monkeypatch.setattr("market.api.buying_claims.read_clock", lambda: now)


def buyers_key(user: User | None, *scopes: str) -> dict[str, str]:
    assert user is not None
    _key, secret = create_api_key(
        user, name="program", scopes=scopes or ["orders:read", "orders:write"], now=NOW, enterprise_number=""
    )
    return {"Authorization": f"Bearer {secret}"}


def secret_of(order: SellerOrder) -> dict[str, str]:
    return {"X-Purchase-Token": access_token(Cart(pk=order.purchase.cart_id))}


def path_of(order: SellerOrder, rest: str) -> str:
    return f"/purchases/{order.purchase.number}{rest}"


def claims_path(order: SellerOrder) -> str:
    return path_of(order, f"/orders/{order.number}/claims")


def get(path: str, headers: dict[str, str]) -> Any:
    return Client().get(f"/api/v1{path}", headers=headers)


def post(path: str, body: Any, headers: dict[str, str], key: str = "k") -> Any:
    return Client().post(
        f"/api/v1{path}", json.dumps(body), content_type="application/json", headers=headers | {"Idempotency-Key": key}
    )


def code(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def wrong_fields(answer: Any) -> list[str]:
    assert answer.status_code == 422
    return list(answer.json()["error"]["details"]["fields"])


def one_line(order: SellerOrder, **changes: Any) -> dict[str, Any]:
    line = order.lines.get()
    lot = line.variant.product.lots.get().number
    return {"line": line.pk, "lot": lot, "quantity": "4", "reason": "spoiled", **changes}


def body_of(order: SellerOrder, **changes: Any) -> dict[str, Any]:
    return {"text": "four boxes are mouldy", "lines": [one_line(order, **changes)]}


def offered(claim: Claim, amount: str) -> Claim:
    (line,) = claim.lines.all()
    return answer_claim(claim, {line.pk: D(amount)}, "some", by=make_member(claim.seller_order.enterprise), now=ARRIVED)


@pytest.mark.parametrize("who", ["buyer's key", "secret"])
def test_claim_is_filed_from_what_is_claimable_and_settled(who: str) -> None:
    order = make_delivered(user=make_user())
    mine = buyers_key(order.purchase.buyer) if who == "buyer's key" else secret_of(order)
    found = get(path_of(order, f"/orders/{order.number}/claimable"), mine).json()
    assert found["currency"] == "CNY"
    (item,) = found["items"]
    assert (item["quantity"], item["unit"], item["cost"], len(item["reasons"])) == ("40", "XBX", "1000", 6)

    line = {"line": item["line"], "lot": item["lot"].lower(), "quantity": "4", "reason": "spoiled", "amount": "90"}
    made = post(claims_path(order), {"text": "mould", "lines": [line]}, mine)

    assert made.status_code == 201
    claim = Claim.objects.get()
    assert claim.filed_by == (order.purchase.buyer if who == "buyer's key" else None)
    facts = made.json()
    assert (facts["number"], facts["state"], facts["wanted"], facts["offered"]) == (claim.number, "open", "90", None)
    assert facts["lines"][0] == {
        "line": item["line"], "sku": item["sku"], "lot": item["lot"], "quantity": "4", "unit": "XBX",
        "reason": "spoiled", "wanted": "90", "offered": None, "agreed": None,
    }  # fmt: skip
    offered(claim, "60")
    (row,) = get(path_of(order, ""), mine).json()["seller_orders"]
    (seen,) = row["claims"]
    assert (seen["state"], seen["offered"], seen["answer"]) == ("answered", "60", "some")
    assert datetime.fromisoformat(seen["stands_at"]) == ARRIVED + timedelta(days=7)

    changed = post(path_of(order, f"/claims/{claim.number}/take"), {"offered": "50"}, mine)
    taken = post(path_of(order, f"/claims/{claim.number}/take"), {"offered": "60.00"}, mine)
    again = post(path_of(order, f"/claims/{claim.number}/take"), {"offered": "60"}, mine)

    assert code(changed) == (409, "offer_changed")
    assert (taken.json()["state"], taken.json()["agreed"], taken.json()["stands_at"]) == ("settled", "60", None)
    assert code(again) == (409, "illegal_move")


def test_same_key_gives_the_same_claim_and_other_words_a_conflict() -> None:
    order = make_delivered()
    mine = secret_of(order)

    first, again = (post(claims_path(order), body_of(order), mine) for _ in range(2))
    other = post(claims_path(order), body_of(order, quantity="5"), mine)
    another = post(claims_path(order), body_of(order), mine, key="k2")
    without = Client().post(f"/api/v1{claims_path(order)}", body_of(order), "application/json", headers=mine)

    assert (first.status_code, again.status_code, first.json()) == (201, 201, again.json())
    assert code(other) == (409, "idempotency_conflict")
    assert code(another) == (409, "claim_open")
    assert another.json()["error"]["details"] == {"number": first.json()["number"]}
    assert wrong_fields(without) == ["Idempotency-Key"]
    assert Claim.objects.count() == 1


def test_officer_is_asked_in_time_and_a_claim_withdrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    order = make_delivered()
    mine = secret_of(order)
    claim = make_claim(order)
    path = path_of(order, f"/claims/{claim.number}/escalate")
    assert code(post(path, {}, mine)) == (409, "seller_has_time")
    set_clock(monkeypatch, ARRIVED + timedelta(days=3))

    assert post(path, {}, mine).json()["state"] == "escalated"
    ended = post(path_of(order, f"/claims/{claim.number}/withdraw"), {}, mine).json()

    assert (ended["state"], ended["may_escalate_from"], ended["escalates_at"]) == ("withdrawn", None, None)


@pytest.mark.parametrize("who", ["nobody", "another buyer", "another secret"])
def test_claims_of_another_are_not_there(who: str) -> None:
    order, other = make_delivered(user=make_user()), make_paid(user=make_user())
    claim = make_claim(order)
    theirs = {
        "nobody": {},
        "another buyer": buyers_key(other.purchase.buyer),
        "another secret": secret_of(other),
    }[who]

    answers = [
        get(path_of(order, f"/orders/{order.number}/claimable"), theirs),
        post(claims_path(order), body_of(order), theirs),
        *(
            post(path_of(order, f"/claims/{claim.number}/{act}"), {"offered": "0"}, theirs)
            for act in ("take", "escalate", "withdraw")
        ),
    ]
    if who != "nobody":  # through their own purchase
        answers += [
            get(path_of(other, f"/orders/{order.number}/claimable"), theirs),
            post(path_of(other, f"/claims/{claim.number}/withdraw"), {}, theirs),
        ]

    assert [code(answer) for answer in answers] == [(404, "not_found")] * len(answers)
    assert Claim.objects.get().state == "open"


def test_key_that_only_reads_and_a_session_file_nothing() -> None:
    order = make_delivered(user=make_user())
    reader = buyers_key(order.purchase.buyer, "orders:read")
    client = Client()
    assert order.purchase.buyer is not None
    client.force_login(order.purchase.buyer)

    assert get(path_of(order, f"/orders/{order.number}/claimable"), reader).status_code == 200
    assert code(post(claims_path(order), body_of(order), reader)) == (403, "not_allowed")
    sent = client.post(
        f"/api/v1{claims_path(order)}", body_of(order), "application/json", headers={"Idempotency-Key": "k"}
    )
    assert sent.status_code == 404
    assert not Claim.objects.exists()


def test_wrong_lines_are_named_by_their_place() -> None:
    order = make_delivered()
    mine = secret_of(order)
    for changes, field in (
        ({"quantity": "41"}, "lines.0"),
        ({"quantity": "NaN"}, "body.lines.0.quantity"),
        ({"amount": "100.01"}, "lines.0"),
        ({"lot": "NOWHERE"}, "lines"),
        ({"line": 0}, "lines"),
        ({"reason": "ugly"}, "body.lines.0.reason"),
    ):
        answer = post(claims_path(order), body_of(order, **changes), mine)
        assert wrong_fields(answer) == [field]
    assert wrong_fields(post(claims_path(order), body_of(order) | {"text": " \u200b"}, mine)) == ["text"]
    assert not Claim.objects.exists()


def test_what_is_not_claimable_says_why() -> None:
    order = make_paid()
    mine = secret_of(order)
    send(order)
    path = path_of(order, f"/orders/{order.number}/claimable")

    assert code(get(path, mine)) == (409, "nothing_to_claim")
    tell("W1", "failed")
    assert get(path, mine).json()["items"][0]["reasons"] == ["not_arrived"]
    make_claim(order, wish(order, "40", "not_arrived"))
    assert code(get(path, mine)) == (409, "claim_open")


def test_bodies_no_person_would_send_are_refused_in_one_shape() -> None:
    order = make_delivered()
    mine = secret_of(order)
    found = set()
    for place, body in enumerate(bent(body_of(order, amount="1"))):
        answer = post(claims_path(order), body, mine, key=f"k{place}")
        if wrong := problem(answer):
            found.add(f"{json.dumps(body)[:300]}: {wrong}")
        Claim.objects.all().delete()

    assert found == set()


def statements(order: SellerOrder) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert get(path_of(order, ""), secret_of(order)).status_code == 200
    return len(queries)


def test_purchase_costs_the_same_for_any_number_of_claims() -> None:
    def claimed(count: int) -> SellerOrder:
        order = make_paid(*((make_variant(on_hand=9), 1) for _ in range(count)))
        for one in SellerOrder.objects.filter(purchase=order.purchase).select_related("purchase", "enterprise"):
            send(one, f"W{one.pk}")
            tell(f"W{one.pk}", "delivered")
            make_claim(one, wish(one, "1"))
        return order

    assert statements(claimed(2)) == statements(claimed(5))
