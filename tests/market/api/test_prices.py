from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from market.api.price_answers import PriceDays
from market.common.outbox.drain import drain_outbox
from market.prices.actions.correct_report import correct_report
from market.prices.models import PricePlace, PriceReport
from tests.builders import NOW, make_officer
from tests.market.office.people import statements_of
from tests.market.prices.actions.test_correct_report import RIGHT
from tests.market.prices.scenes import TODAY, bands, make_place, report

pytestmark = pytest.mark.django_db


def ask(client: Client, **asked: str | int) -> Any:
    answer = client.get("/api/v1/prices", asked)
    assert answer.status_code == 200, answer.content
    return answer.json()


def three_say(place: PricePlace, days_ago: int = 0) -> None:
    for mid, reporter in (("10", "甲"), ("10.4", "乙"), ("11", "丙")):
        report(place, mid, reporter=reporter, days_ago=days_ago)


def test_day_with_figures_and_day_without(client: Client) -> None:
    place = make_place()
    report(place, days_ago=1)
    three_say(place)
    bands()

    answer = ask(client, commodity="grey-jujube", lang="en")

    assert [item.known_from for item in PriceDays(**answer).items] == [NOW, NOW]
    figures = {"p25": "10.2", "median": "10.4", "p75": "10.7", "sources": 3, "kinds": ["trader"]}
    told = {item["day"]: (item["state"], item["figures"]) for item in answer["items"]}
    yesterday = TODAY - timedelta(days=1)
    assert told == {str(TODAY): ("public", figures), str(yesterday): ("too_few", None)}
    assert answer["items"][0]["place_name"] == "Market aral"


def test_as_of_says_what_was_known_then(client: Client) -> None:
    place = make_place()
    three_say(place)
    bands()
    correct_report(
        PriceReport.objects.get(reporter="乙"), RIGHT, reason="misread", by=make_officer(place.unit), now=NOW
    )

    drain_outbox(NOW + timedelta(hours=1))

    def median(**asked: str) -> list[str]:
        return [item["figures"]["median"] for item in ask(client, **asked)["items"]]

    assert median() == ["11"]
    assert median(as_of=NOW.isoformat()) == ["10.4"]
    assert median(as_of=(NOW - timedelta(hours=1)).isoformat()) == []


def test_filters(client: Client) -> None:
    three_say(make_place("near"), days_ago=2)
    three_say(make_place("far"))
    bands()

    assert len(ask(client)["items"]) == 2
    assert len(ask(client, place="near")["items"]) == 1
    assert len(ask(client, first=str(TODAY))["items"]) == 1
    assert ask(client, grade="premium")["items"] == []
    assert ask(client, basis="retail")["items"] == []
    assert ask(client, commodity="nothing")["items"] == []


@pytest.mark.parametrize(
    "asked",
    [
        {"as_of": "yesterday"},
        {"as_of": "2026-11-24T00:00:00"},
        {"as_of": "9999-12-31T23:59:59-23:59"},
        {"as_of": "0001-01-01T00:00:00+23:59"},
        {"basis": "x"},
    ],
)
def test_bad_question_is_refused(client: Client, asked: dict[str, str]) -> None:
    assert client.get("/api/v1/prices", asked).status_code == 422


def test_pages_join_and_take_one_statement(client: Client) -> None:
    place = make_place()
    for ago in range(3):
        three_say(place, days_ago=ago)
    bands()

    first = ask(client, page_size=2)
    rest = ask(client, page_size=2, cursor=first["next"])

    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (2, 1, None)
    assert statements_of(lambda: ask(client)) == 1
