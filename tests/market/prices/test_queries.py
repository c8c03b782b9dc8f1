from datetime import timedelta
from decimal import Decimal

import pytest

from market.prices.queries import PastDay, past_days, same_day
from tests.builders import make_officer
from tests.market.prices.scenes import TODAY, make_place, report

pytestmark = pytest.mark.django_db


def test_past_days_are_the_last_weeks_and_this_month_a_year_ago() -> None:
    place = make_place()
    officer = make_officer(place.unit)
    for ago in (1, 40, 100, 355, 390):
        report(place, by=officer, days_ago=ago)
    report(place, "10.4", reporter="乙", days_ago=1)

    found = past_days(report(place))

    assert [day.day for day in found] == [TODAY - timedelta(days=ago) for ago in (1, 40, 355)]
    yesterday = PastDay(TODAY - timedelta(days=1), Decimal("9.5"), Decimal("10.2"), Decimal("10.9"), 2)
    assert found[0] == yesterday


def test_same_day_names_the_others() -> None:
    place, elsewhere = make_place(), make_place("elsewhere")
    mine, other = report(place), report(place, "10.4", reporter="乙")
    report(elsewhere, reporter="丙")

    assert same_day(mine) == [other]
