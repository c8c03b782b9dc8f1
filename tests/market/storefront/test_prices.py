from collections.abc import Iterator

import pytest
import time_machine
from django.test import Client

from market.prices.models import PricePlace
from tests.builders import NOW
from tests.market.office.people import statements_of
from tests.market.prices.scenes import TODAY, bands, make_commodity, make_place, report
from tests.market.storefront.shop import words

pytestmark = pytest.mark.django_db
PATH = "/en/prices/grey-jujube/"


@pytest.fixture(autouse=True)
def _today() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


def told(place: PricePlace, *, sources: int = 3, days: int = 1) -> None:
    for ago in range(days):
        for number in range(sources):
            report(place, f"{10 + number}", reporter=f"信息点{number}", days_ago=ago)
    bands()


def test_nobody_has_told_of_a_price(client: Client) -> None:
    make_commodity()

    assert "No prices have been told of" in words(client.get("/en/prices/"))
    assert "No prices have been told of" in words(client.get(PATH))
    assert client.get("/en/prices/unknown/").status_code == 404
    assert client.get(f"{PATH}prices.csv").status_code == 404


def test_figure_stands_with_date_kind_and_number_of_sources(client: Client) -> None:
    told(make_place())

    overview, page = words(client.get("/en/prices/")), words(client.get(PATH))

    assert "CN¥11.00" in overview
    assert "3 (trader or buyer)" in overview
    assert TODAY.isoformat() in overview
    assert "CN¥10.50 – CN¥11.50" in page
    assert "3 · trader or buyer" in page


def test_too_few_reports_show_no_figure_anywhere(client: Client) -> None:
    told(make_place(), sources=2)

    for path in ("/en/prices/", PATH, f"{PATH}prices.csv"):
        answer = client.get(path).content.decode()
        assert "too few reports" in answer
        assert "10.5" not in answer
        assert "<svg viewBox" not in answer


def test_page_draws_a_line_without_script_or_style(client: Client) -> None:
    told(make_place(), days=3)

    page = client.get(PATH).content.decode()

    assert 'class="line" d="M' in page
    assert "style=" not in page
    assert "csrfmiddlewaretoken" not in page


@pytest.mark.parametrize(("days_ago", "is_compared"), [(375, True), (355, True), (376, False), (354, False)])
def test_change_is_against_the_days_around_a_year_before(client: Client, days_ago: int, is_compared: bool) -> None:
    place = make_place()
    for mid, reporter in (("8", "甲"), ("10", "乙"), ("12", "丙")):
        report(place, mid, reporter=reporter, days_ago=days_ago)
    told(place)

    assert ("10 % more than a year before" in words(client.get(PATH))) == is_compared


def test_series_are_chosen_by_links(client: Client) -> None:
    told(make_place("near"))
    told(make_place("far"), sources=4)

    assert "CN¥11.50" in words(client.get(f"{PATH}?place=far"))
    near = words(client.get(f"{PATH}?place=near&basis=farm_gate&grade=first"))
    assert "3 · trader or buyer" in near
    assert client.get(f"{PATH}?place=nowhere").status_code == 200


def test_csv_has_a_mark_for_spreadsheets_and_every_day(client: Client) -> None:
    told(make_place(), days=3)

    answer = client.get(f"{PATH}prices.csv")

    lines = answer.content.decode("utf-8-sig").splitlines()
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert lines[-1] == f"{TODAY},11,10.5,11.5,CNY,3,trader or buyer,first grade,farm gate,Market aral"
    assert len(lines) == 4


@pytest.mark.parametrize("path", ["/en/prices/", PATH])
def test_pages_take_the_same_statements_for_few_and_many(client: Client, path: str) -> None:
    told(make_place())
    client.get(path)
    few = statements_of(lambda: client.get(path))
    told(make_place("other"), days=20)

    assert statements_of(lambda: client.get(path)) == few
    assert few <= 6


def test_footer_links_to_the_prices(client: Client) -> None:
    assert 'href="/en/prices/"' in client.get("/en/help/").content.decode()
