"""Where a buyer says what is wrong with goods."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from orders.actions.accept_delivery import accept_delivery
from orders.claims.models import Claim
from tests.builders import make_enterprise, make_user, make_variant
from tests.market.storefront.claiming import (
    LINK,
    button,
    form_url,
    order_url,
    owned,
    set_clock,
    signed_in,
    typed,
    whole,
)
from tests.market.storefront.shop import words
from tests.orders.claims import ARRIVED, make_paid, send, tell

pytestmark = pytest.mark.django_db
D = Decimal


@pytest.fixture(autouse=True)
def _today(monkeypatch: pytest.MonkeyPatch) -> None:
    set_clock(monkeypatch, ARRIVED)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"quantity": "vier"}, "Please enter a number"),
        ({"quantity": "41"}, "This must be at most 40."),
        ({"quantity": "0"}, "This must be above zero."),
        ({"quantity": "-1"}, "This must be above zero."),
        ({"quantity": "1.0001"}, "at most 3 decimal places"),
        ({"quantity": ""}, "Please enter how much of it is wrong."),
        ({"reason": ""}, "Please choose what is wrong with it."),
        ({"reason": "forged"}, "Select a valid choice"),
        ({"amount": "1000.01"}, "This must be at most 1000."),
        ({"amount": "100.01"}, "at most 100 CNY"),
        ({"amount": "9.999"}, "at most 2 decimal places"),
        ({"amount": "0"}, "This must be above zero."),
        ({"quantity": "", "reason": "", "amount": ""}, "Please enter how much of the goods is wrong."),
    ],
)
def test_wrong_input_is_told_at_its_field_and_nothing_typed_is_lost(changes: dict[str, str], says: str) -> None:
    order, client = owned()

    answer = client.post(form_url(order), whole(order, **changes) | {"key": "k1"})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in words(answer)
    assert 'aria-invalid="true"' in page
    assert "four boxes are mouldy</textarea>" in page
    assert 'name="key" value="k1"' in page
    for name, value in ({"quantity": "4"} | changes).items():
        assert name == "reason" or not value or f'value="{value}"' in page
    assert not Claim.objects.exists()


def test_text_is_needed_and_has_an_end() -> None:
    order, client = owned()

    for text, says in ((" \u200b", "Please say what happened."), ("x" * 2001, "at most 2000 characters")):
        answer = client.post(form_url(order), whole(order) | {"text": text})
        assert answer.status_code == 422
        assert says in words(answer)
        assert 'value="4"' in answer.content.decode()


@pytest.mark.parametrize(("language", "quantity"), [("ru", "2,5"), ("en", "2,5"), ("zh-hans", "２．５")])
def test_numbers_are_taken_as_people_write_them(language: str, quantity: str) -> None:
    order, client = owned()

    client.post(form_url(order, language), whole(order, quantity=quantity, amount="10,50"))

    line = Claim.objects.get().lines.get()
    assert (line.quantity, line.wanted) == (D("2.5"), D("10.5"))


def test_row_that_is_not_on_the_form_is_refused() -> None:
    order, client = owned()

    answer = client.post(form_url(order), whole(order) | {"quantity-999999-1": "1"})

    assert answer.status_code == 422
    assert "Something of it cannot be claimed any more." in words(answer)
    assert not Claim.objects.exists()


def test_several_lines_are_claimed_at_once_and_empty_rows_left_out() -> None:
    enterprise = make_enterprise()
    order, client = owned(*((make_variant(enterprise=enterprise, on_hand=9), 2) for _ in range(3)))

    rows = typed(order, 0, quantity="1", reason="short") | typed(order, 2, quantity="2", reason="wrong", amount="1,5")
    nothing = typed(order, 1, quantity="", reason="", amount="")
    client.post(form_url(order), rows | nothing | {"text": "one is missing, and these are pears"})

    lines = Claim.objects.get().lines.all()
    assert [(line.order_line.position, line.quantity, line.reason) for line in lines] == [
        (1, D(1), "short"),
        (3, D(2), "wrong"),
    ]
    assert lines[1].wanted == D("1.5")


def test_form_sent_twice_makes_one_claim_and_leads_to_it() -> None:
    order, client = owned()
    key = re.search(r'name="key" value="([^"]+)"', client.get(form_url(order)).content.decode())
    assert key is not None
    body = whole(order) | {"key": key.group(1)}

    client.post(form_url(order), body)
    claim = Claim.objects.get()
    again = client.post(form_url(order), body)
    other = client.post(form_url(order), whole(order, quantity="1"))
    back = client.get(form_url(order))
    client.post(button(claim, "withdraw"))
    late = client.post(form_url(order), body)

    place = f"{order_url(order)}#claim-{claim.number}"
    assert [answer.headers["Location"] for answer in (again, other, back, late)] == [place] * 4
    assert f"You have filed claim {claim.number} already." in words(client.get(order_url(order)))
    assert Claim.objects.count() == 1


def test_goods_that_never_came_can_only_be_missing() -> None:
    order = make_paid(user=make_user())
    client = signed_in(order.purchase.buyer)
    send(order)
    assert LINK not in words(client.get(order_url(order)))
    early = client.get(form_url(order))
    assert "Nothing of order" in words(early)
    assert "<button" not in early.content.decode().split("<main", 1)[1]
    assert client.post(form_url(order), {"text": "x"}).status_code == 409
    tell("W1", "failed")

    page = client.get(form_url(order))
    forged = client.post(form_url(order), whole(order))
    client.post(form_url(order), whole(order, quantity="40", reason="not_arrived"))

    assert re.findall(r'<option value="(\w*)"', page.content.decode().split("<main", 1)[1]) == ["not_arrived"]
    assert forged.status_code == 422
    assert Claim.objects.get().wanted == D(1000)


def test_after_fourteen_days_there_is_no_link_and_the_form_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    order, client = owned()
    accept_delivery(order, by=None, now=ARRIVED)
    assert LINK in words(client.get(order_url(order)))
    set_clock(monkeypatch, ARRIVED + timedelta(days=15))

    assert LINK not in words(client.get(order_url(order)))
    assert "That time is over." in words(client.get(form_url(order)))
