from datetime import timedelta
from decimal import Decimal

import pytest

from market.common.audit.models import AuditEntry
from market.common.errors import IllegalMove, NotFound
from market.prices.actions.confirm_report import confirm_report
from market.prices.actions.report_price import report_price
from market.prices.errors import OwnReport
from market.prices.models import PriceReport
from tests.builders import NOW, make_officer
from tests.market.prices.scenes import TODAY, bands, make_entry, make_place, report, steady

pytestmark = pytest.mark.django_db


def test_another_officer_confirms_and_the_band_follows() -> None:
    place = make_place()
    steady(place)
    held = report(place, "12")

    done = confirm_report(held, by=make_officer(place.unit), now=NOW)

    assert (done.state, done.is_confirmed) == ("accepted", True)
    assert bands()[-1].day == TODAY
    assert AuditEntry.objects.order_by("pk").last().action == "price.confirmed"  # type: ignore[union-attr]


def test_who_entered_it_does_not_confirm_it() -> None:
    place = make_place()
    steady(place)
    officer = make_officer(place.unit)
    held = report(place, "12", by=officer)

    with pytest.raises(OwnReport):
        confirm_report(held, by=officer, now=NOW)

    held.refresh_from_db()
    assert held.state == "held"


def test_confirming_releases_what_is_near_and_lets_the_next_pass() -> None:
    place = make_place()
    steady(place, days=8)
    PriceReport.objects.filter(day__gte=TODAY - timedelta(days=2)).delete()
    officer = make_officer(place.unit)
    first, second, far = (
        report(place, mid, by=officer, days_ago=ago) for mid, ago in [("12", 2), ("12.5", 1), ("30", 0)]
    )

    confirm_report(first, by=make_officer(place.unit), now=NOW)

    second.refresh_from_db()
    far.refresh_from_db()
    assert (second.state, second.is_confirmed, far.state) == ("accepted", False, "held")
    assert report(place, "12.2", reporter="乙").judgement["compared"] == "confirmed"
    assert [band.median for band in bands()[-2:]] == [Decimal("12.5"), Decimal("12.2")]


def test_what_the_officer_entered_is_not_released_by_confirming_a_neighbour() -> None:
    place = make_place()
    steady(place, days=8)
    PriceReport.objects.filter(day__gte=TODAY - timedelta(days=2)).delete()
    officer = make_officer(place.unit)
    theirs, own = report(place, "12", days_ago=2), report(place, "12.5", by=officer, days_ago=1)

    confirm_report(theirs, by=officer, now=NOW)

    own.refresh_from_db()
    assert own.state == "held"


def test_draft_is_judged_when_it_is_handed_in() -> None:
    place = make_place()
    steady(place)
    officer = make_officer(place.unit)
    draft = report_price(make_entry(place, "12"), by=officer, now=NOW, is_draft=True)

    assert confirm_report(draft, by=officer, now=NOW).state == "held"
    assert confirm_report(draft, by=make_officer(place.unit), now=NOW).state == "accepted"


def test_what_is_accepted_is_not_confirmed_again() -> None:
    place = make_place()
    done = report(place)

    with pytest.raises(IllegalMove):
        confirm_report(done, by=make_officer(place.unit), now=NOW)


def test_officer_of_another_division_confirms_nothing() -> None:
    place, elsewhere = make_place(), make_place("elsewhere")
    steady(place)
    held = report(place, "12")

    with pytest.raises(NotFound):
        confirm_report(held, by=make_officer(elsewhere.unit), now=NOW)

    held.refresh_from_db()
    assert held.state == "held"


def test_officer_above_confirms() -> None:
    place = make_place()
    steady(place)
    division = place.unit.parent
    assert division is not None

    assert confirm_report(report(place, "12"), by=make_officer(division), now=NOW).state == "accepted"
