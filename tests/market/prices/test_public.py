from datetime import timedelta

import pytest

from market.common.outbox.drain import drain_outbox
from market.prices.actions.reject_report import reject_report
from market.prices.models import PricePlace
from market.prices.public import PublicBand, bands_known, bands_of, lines_of, newest_of_all, newest_public, public_band
from tests.builders import NOW, make_officer
from tests.market.office.people import statements_of
from tests.market.prices.scenes import TODAY, bands, make_commodity, make_place, report

pytestmark = pytest.mark.django_db
THREE = ("甲", "乙", "丙")


def three_say(place: PricePlace, mid: str = "10", days_ago: int = 0) -> None:
    for reporter in THREE:
        report(place, mid, reporter=reporter, days_ago=days_ago)


def test_too_few_sources_tell_nothing() -> None:
    report(make_place())

    (band,) = bands()

    assert public_band(band) == PublicBand(TODAY, None, ())


def test_newest_of_all_prefers_the_newest_day_with_figures() -> None:
    place = make_place()
    three_say(place, days_ago=3)
    report(place)
    bands()

    (one,) = newest_of_all(TODAY)

    assert one.band is not None
    assert (one.band.day, one.band.sources) == (TODAY - timedelta(days=3), 3)


def test_goods_with_too_few_reports_are_named_and_those_without_are_not() -> None:
    report(make_place())
    make_commodity("walnut", "核桃")
    bands()

    (one,) = newest_of_all(TODAY)

    assert (one.commodity.slug, one.band) == ("grey-jujube", None)


def test_what_is_older_than_thirteen_months_is_past() -> None:
    three_say(make_place(), days_ago=400)
    bands()

    assert newest_of_all(TODAY) == []
    assert newest_public(make_commodity(), ["first"], TODAY) is None


def test_newest_public_is_of_the_grade_asked_for() -> None:
    three_say(make_place())
    bands()

    assert newest_public(make_commodity(), ["premium"], TODAY) is None
    found = newest_public(make_commodity(), ["first"], TODAY)
    assert found is not None
    assert found.median == 10


def test_lines_are_told_apart_by_place() -> None:
    near, far = make_place("near"), make_place("far")
    report(near)
    three_say(far, days_ago=2)
    bands()

    lines = lines_of(make_commodity(), TODAY)

    assert [(line.place.code, line.public) for line in lines] == [("far", TODAY - timedelta(days=2)), ("near", None)]
    assert [band.figures is None for band in bands_of(lines[0].series, TODAY - timedelta(days=9), TODAY)] == [False]


def test_as_of_says_what_was_known_then() -> None:
    place = make_place()
    three_say(place)
    bands()
    later = NOW + timedelta(days=1)
    wrong = place.reports.get(reporter="甲")
    reject_report(wrong, reason="wrong", by=make_officer(place.unit), now=later)

    drain_outbox(later)

    assert [band.state for band in bands_known(None)] == ["too_few"]
    assert [band.state for band in bands_known(NOW)] == ["public"]
    assert list(bands_known(NOW - timedelta(seconds=1))) == []


def test_overview_takes_two_statements_for_few_and_many() -> None:
    place = make_place()
    three_say(place)
    bands()

    assert statements_of(lambda: newest_of_all(TODAY)) == 2
