"""Claims over the seller's API: read by who reads orders, answered by who may give money back."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orders.actions.react_to_claim import escalate_claim, withdraw_claim
from orders.claims.models import Claim
from orders.payments.models import Refund
from tests.builders import make_enterprise, make_variant
from tests.market.api.keys import call, key_for
from tests.orders.claims import ARRIVED, make_claim, make_claims, make_delivered

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("market.api.selling_claims.read_clock", lambda: ARRIVED)


def filed() -> tuple[Claim, dict[str, str], dict[str, str]]:
    """Of 100.00; a key that reads, and one that answers."""
    claim = make_claim(make_delivered())
    enterprise = claim.seller_order.enterprise
    return claim, key_for(enterprise, "orders:read", role="finance"), key_for(enterprise, "claims:write", role="sales")


def answer(claim: Claim, amount: Any, text: str = "两箱是好的") -> dict[str, Any]:
    return {"lines": [{"line": claim.lines.get().pk, "amount": amount}], "text": text}


def code(answered: Any) -> tuple[int, str]:
    return answered.status_code, answered.json()["error"]["code"]


def test_claim_is_read_with_all_there_is_to_know() -> None:
    claim, key, _writer = filed()
    line = claim.lines.get()

    seen = call("get", f"/seller/claims/{claim.number}", key=key).json()

    assert seen == call("get", "/seller/claims", key=key).json()["items"][0]
    assert seen["lines"] == [
        {
            "id": line.pk,
            "order_line": line.order_line_id,
            "sku": line.order_line.sku,
            "lot": line.lot.number,
            "quantity": "4",
            "reason": "spoiled",
            "wanted": "100",
            "offered": None,
            "agreed": None,
        }
    ]
    assert (seen["order"], seen["state"], seen["wanted"]) == (claim.seller_order.number, "open", "100")
    assert (seen["answer_by"], seen["ending"]) == ("2026-11-29T04:00:00+00:00", None)


def test_less_is_offered_then_more_then_all_and_the_same_again_changes_nothing() -> None:
    claim, reader, key = filed()
    path = f"/seller/claims/{claim.number}/answer"

    offered = [call("post", path, answer(claim, "60.00"), key=key).json() for _ in range(2)]
    worse = call("post", path, answer(claim, "59"), key=key)
    settled = call("post", path, answer(claim, 100, ""), key=key).json()
    again = call("post", path, answer(claim, 100, ""), key=key)

    assert offered[0] == offered[1]
    assert (offered[0]["state"], offered[0]["lines"][0]["offered"]) == ("answered", "60")
    assert code(worse) == (422, "invalid_input")
    assert list(worse.json()["error"]["details"]["fields"]) == [str(claim.lines.get().pk)]
    assert (settled["state"], settled["ending"], settled["lines"][0]["agreed"]) == ("settled", "granted", "100")
    assert code(again) == (409, "illegal_move")
    assert Refund.objects.get().amount == 100
    assert call("get", f"/seller/claims/{claim.number}", key=reader).json() == settled


@pytest.mark.parametrize(
    "amount", ["-1", "100.01", "0.001", "NaN", "sNaN", "Infinity", "1e400", "many", None, [], "1" * 400]
)
def test_amounts_that_cannot_be_are_refused_by_name(amount: Any) -> None:
    claim, _reader, key = filed()

    refused = call("post", f"/seller/claims/{claim.number}/answer", answer(claim, amount), key=key)

    assert code(refused) == (422, "invalid_input")
    assert refused.json()["error"]["details"]["fields"]
    assert (Claim.objects.get().state, Refund.objects.count()) == ("open", 0)


def test_lines_of_others_twice_or_too_long_words_are_refused() -> None:
    claim, _reader, key = filed()
    path, one = f"/seller/claims/{claim.number}/answer", answer(claim, "60")
    foreign = {"line": 2**63, "amount": "1"}
    for body, field in (
        (one | {"lines": one["lines"] * 2}, "lines"),
        (one | {"lines": [*one["lines"], foreign]}, "lines"),
        (one | {"text": " \u200b"}, "text"),
        (one | {"text": "x" * 2001}, "text"),
        ({"text": ""}, "text"),
    ):
        refused = call("post", path, body, key=key)
        assert code(refused) == (422, "invalid_input")
        assert list(refused.json()["error"]["details"]["fields"]) == [field]
    assert call("post", path, one | {"lines": one["lines"] * 501}, key=key).status_code == 422
    assert Claim.objects.get().state == "open"


def test_other_enterprises_claim_does_not_exist() -> None:
    claim, _reader, _writer = filed()
    foreign = key_for(make_enterprise(), "orders:read", "claims:write")

    assert call("get", "/seller/claims", key=foreign).json() == {"items": [], "next": None}
    assert code(call("get", f"/seller/claims/{claim.number}", key=foreign)) == (404, "not_found")
    posted = call("post", f"/seller/claims/{claim.number}/answer", answer(claim, 100), key=foreign)
    assert code(posted) == (404, "not_found")
    assert Claim.objects.get().state == "open"


@pytest.mark.parametrize(
    ("scopes", "role"),
    [(["catalogue:write", "orders:read", "orders:write"], "owner"), (["claims:write"], "warehouse")],
)
def test_key_without_scope_or_right_does_not_answer(scopes: list[str], role: str) -> None:
    claim, _reader, writer = filed()
    path, key = f"/seller/claims/{claim.number}", key_for(claim.seller_order.enterprise, *scopes, role=role)

    assert code(call("post", f"{path}/answer", answer(claim, 100), key=key)) == (403, "not_allowed")
    assert code(call("post", f"{path}/answer", answer(claim, 100), key={})) == (401, "unauthorized")
    assert code(call("get", path, key=writer)) == (403, "not_allowed")
    assert Claim.objects.get().state == "open"


def test_list_is_filtered_and_read_page_by_page_at_the_same_cost() -> None:
    variant = make_variant(price="5.00", on_hand=200)
    key = key_for(variant.product.enterprise, "orders:read")
    first, second, third = make_claims(variant, 3)
    withdraw_claim(second, now=ARRIVED)
    escalate_claim(third, now=ARRIVED + timedelta(days=3))

    def numbers(**wishes: Any) -> list[str]:
        return [row["number"] for row in call("get", "/seller/claims", wishes, key=key).json()["items"]]

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            numbers(page_size=100)
        return len(queries)

    assert numbers() == [third.number, second.number, first.number]
    assert (numbers(state="withdrawn"), numbers(state="nonsense")) == ([second.number], [])
    page = call("get", "/seller/claims", {"page_size": 2}, key=key).json()
    assert numbers(page_size=2, cursor=page["next"]) == [first.number]
    assert call("get", "/seller/claims", {"cursor": "forged"}, key=key).status_code == 422
    few = cost()
    make_claims(variant, 27)
    assert cost() == few <= 6
    assert Decimal(call("get", "/seller/claims", key=key).json()["items"][0]["wanted"]) == 25
