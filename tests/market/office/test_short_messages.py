"""Short messages that did not go out, on the page of those at the top who watch over partners."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

from market.common.clock import read_clock
from market.common.sms.models import QueuedMessage
from tests.builders import NOW, make_enterprise, make_member, make_officer, make_regiment
from tests.market.common.sms.test_again import make_message
from tests.market.office.people import signed_in, statements_of, top_unit
from tests.market.storefront.shop import words

pytestmark = pytest.mark.django_db
PATH = "/en/ops/short-messages/"
S = QueuedMessage.State


@pytest.fixture
def top() -> Client:
    return signed_in(make_officer(top_unit(), "compliance"))


def fresh(key: str, **fields: Any) -> QueuedMessage:
    return make_message(key, **({"created_at": read_clock()} | fields))


def states() -> list[str]:
    return list(QueuedMessage.objects.order_by("pk").values_list("state", flat=True))


def test_page_says_what_did_not_go_to_whom_and_why(top: Client) -> None:
    fresh("a", error="isv.MOBILE_NUMBER_ILLEGAL")
    fresh("b", error="no answer: TimeoutError", state="waiting", attempts=2)
    fresh("c", error="too many to this number today", kind="recall")
    fresh("sent", state="sent")

    page = words(top.get(PATH))

    assert "buyer: where the shipment is P1" in page
    assert ("+86…8000" in page, "13800138000" in page) == (True, False)
    assert "isv.MOBILE_NUMBER_ILLEGAL" in page
    assert "the provider did not answer" in page
    assert "this number is told too much today" in page
    assert "Given up 2 · 2 within a day" in page
    assert "2 short messages did not go out" in words(top.get("/en/ops/"))


def test_one_or_all_of_the_last_day_go_again(top: Client) -> None:
    one, _other, _old = fresh("a"), fresh("b"), make_message("old", created_at=NOW)

    assert top.post(PATH, {"message": one.pk}).status_code == 302
    assert states() == [S.WAITING, S.FAILED, S.FAILED]
    assert "waits or has gone already" in words(top.post(PATH, {"message": one.pk}, follow=True))
    top.post(PATH, {"all": "1"})

    assert states() == [S.WAITING, S.WAITING, S.FAILED]
    assert words(top.get(PATH)).count("short messages sent again (how many) 1") == 2


@pytest.mark.parametrize("key", ["", "x", "0", "9" * 18, "9" * 400, "\x00", "²"])
def test_odd_key_is_no_message(top: Client, key: str) -> None:
    fresh("a")

    assert top.post(PATH, {"message": key}).status_code == 404
    assert states() == [S.FAILED]


def test_nobody_else_sees_or_sends_anything() -> None:
    row = fresh("a")
    people = [
        make_officer(make_regiment(), "compliance"),
        make_officer(top_unit(), "reviewer"),
        make_officer(top_unit(), "viewer"),
        make_member(make_enterprise()),
    ]

    for user in people:
        client = signed_in(user)
        assert (client.get(PATH).status_code, client.post(PATH, {"message": row.pk}).status_code) == (404, 404)
        assert "short-messages" not in client.get("/en/ops/").content.decode()
    assert states() == [S.FAILED]


def test_page_says_when_messages_stay_on_the_machine(top: Client, settings: Settings) -> None:
    settings.SMS_URL = "file:"
    assert "reach nobody" in words(top.get(PATH))

    settings.SMS_URL = "https://sms.example.org/send"

    assert "reach nobody" not in words(top.get(PATH))
    assert "Every short message of the last thirty days has gone out" in words(top.get(PATH))


def test_list_costs_the_same_for_many(top: Client) -> None:
    for number in range(3):
        fresh(f"few {number}")
    top.get(PATH)
    few = statements_of(lambda: top.get(PATH))
    for number in range(27):
        fresh(f"many {number}")

    assert statements_of(lambda: top.get(PATH)) == few
