"""The calendar of working days is read by reviewers and written at the top."""

from datetime import date

import pytest

from market.common.deadlines.models import WorkDay
from market.common.deadlines.working_days import read_calendar
from tests.builders import make_officer, make_regiment
from tests.market.office.people import signed_in, top_unit
from tests.market.storefront.shop import words

pytestmark = pytest.mark.django_db
PAGE = "/en/ops/work-days/"
HOLIDAY = {"day": "2027-01-01", "is_working": "no", "note": "元旦"}


def test_a_holiday_is_named_and_taken_back() -> None:
    client = signed_in(make_officer(top_unit()))
    assert "No day is named" in words(client.get(PAGE))

    assert client.post(PAGE, HOLIDAY | {"is_working": "yes"}).status_code == 422  # a Friday is worked anyway
    assert client.post(PAGE, HOLIDAY).status_code == 302
    assert not read_calendar().is_working(date(2027, 1, 1))
    assert "元旦" in words(client.get(PAGE))
    assert client.post(PAGE, {"remove": "2027-01-01"}).status_code == 302

    assert read_calendar().is_working(date(2027, 1, 1))
    assert client.post(PAGE, {"remove": "no day"}).status_code == 404


def test_below_the_top_it_is_read_only() -> None:
    client = signed_in(make_officer(make_regiment()))
    WorkDay.objects.create(day=date(2027, 1, 1), is_working=False)

    assert "free" in words(client.get(PAGE))
    assert client.post(PAGE, HOLIDAY).status_code == 404
    assert client.post(PAGE, {"remove": "2027-01-01"}).status_code == 404
    assert WorkDay.objects.count() == 1
    assert signed_in(make_officer(top_unit(), "viewer")).get(PAGE).status_code == 404
