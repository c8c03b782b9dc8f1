from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from market.common.audit.models import AuditEntry
from market.common.errors import InvalidInput, NotFound
from market.common.outbox.models import OutboxEvent
from market.prices.actions.report_price import report_price
from market.prices.entries import Told
from market.prices.errors import ReportedAlready
from market.prices.models import PriceReport
from tests.builders import NOW, make_officer
from tests.market.prices.scenes import TODAY, bands, make_entry, make_place, report, steady

pytestmark = pytest.mark.django_db


def test_price_is_kept_per_kilogram_and_as_it_was_told() -> None:
    place = make_place()
    entry = replace(
        make_entry(place), told=Told("jin", Decimal("4.5"), Decimal(5), Decimal("5.5")), reporter=" 甲  点 "
    )

    done = report_price(entry, by=make_officer(place.unit), now=NOW)

    done.refresh_from_db()
    assert (done.low, done.mid, done.high) == (9, 10, 11)
    assert done.raw == {"unit": "jin", "low": "4.5", "mid": "5", "high": "5.5"}
    assert (done.state, done.judgement["compared"], done.reporter) == ("accepted", "nothing", "甲 点")
    assert AuditEntry.objects.get().action == "price.reported"
    assert OutboxEvent.objects.get().payload["days"] == [str(TODAY)]


def test_price_out_of_line_is_held_and_says_by_which_rule() -> None:
    place = make_place()
    steady(place)

    done = report(place, "12")

    told = {"rule": 1, "compared": "days", "days": 6, "median": "10", "limit": "1.5"}
    assert (done.state, done.judgement) == ("held", told)
    assert [band.day for band in bands() if band.day == TODAY] == []


def test_second_source_by_another_person_confirms() -> None:
    place = make_place()
    steady(place)
    held = report(place, "12")

    second = report(place, "12.5", reporter="乙收购商")

    held.refresh_from_db()
    second.refresh_from_db()
    assert (held.state, second.state, held.is_confirmed) == ("accepted", "accepted", True)
    assert bands()[-1].sources == 2


def test_second_source_that_says_otherwise_confirms_nothing() -> None:
    place = make_place()
    steady(place)
    report(place, "12")

    assert report(place, "20", reporter="乙收购商").state == "held"
    assert PriceReport.objects.filter(state="held").count() == 2


def test_nobody_confirms_themselves_with_another_name() -> None:
    place = make_place()
    steady(place)
    officer = make_officer(place.unit)
    report(place, "12", by=officer)

    assert report(place, "12", by=officer, reporter="乙收购商").state == "held"


def test_same_source_in_another_spelling_is_no_second_one() -> None:
    place = make_place()
    steady(place)
    report(place, "12", reporter="Point A")

    assert report(place, "12", reporter="point  A").state == "held"


def test_grades_and_bases_are_not_mixed() -> None:
    place = make_place()
    steady(place)
    officer = make_officer(place.unit)
    other_grade, other_basis = replace(make_entry(place, "30"), grade="premium"), make_entry(place, "30")

    assert report_price(other_grade, by=officer, now=NOW).state == "accepted"
    assert report_price(replace(other_basis, basis="retail"), by=officer, now=NOW).state == "accepted"


def test_draft_is_kept_and_counts_nowhere() -> None:
    place = make_place()

    draft = report_price(make_entry(place), by=make_officer(place.unit), now=NOW, is_draft=True)

    assert (draft.state, draft.judgement) == ("draft", {})
    assert bands() == []


@pytest.mark.parametrize(
    ("told", "field"),
    [
        (Told("KGM", Decimal(9), Decimal(0), Decimal(11)), "mid"),
        (Told("KGM", Decimal(9), Decimal(12), Decimal(11)), "mid"),
        (Told("KGM", Decimal(0), Decimal(10), Decimal(11)), "low"),
        (Told("KGM", Decimal(9), Decimal(10), Decimal("NaN")), "high"),
        (Told("TNE", Decimal("0.01"), Decimal("0.01"), Decimal("0.01")), "mid"),
    ],
)
def test_impossible_price_is_refused(told: Told, field: str) -> None:
    place = make_place()

    with pytest.raises(InvalidInput) as refusal:
        report_price(replace(make_entry(place), told=told), by=make_officer(place.unit), now=NOW)

    assert list(refusal.value.details["fields"]) == [field]
    assert not PriceReport.objects.exists()
    assert not AuditEntry.objects.exists()


def test_source_reports_a_day_once() -> None:
    place = make_place()
    report(place)

    with pytest.raises(ReportedAlready):
        report(place, "11")

    assert PriceReport.objects.count() == 1
    assert AuditEntry.objects.count() == 1


def test_officer_of_another_division_reports_nothing_here() -> None:
    place, elsewhere = make_place(), make_place("elsewhere")

    with pytest.raises(NotFound):
        report(place, by=make_officer(elsewhere.unit))

    assert not PriceReport.objects.exists()


def test_viewer_reports_nothing() -> None:
    place = make_place()

    with pytest.raises(NotFound):
        report(place, by=make_officer(place.unit, "viewer"))


def test_database_refuses_what_the_checks_let_through() -> None:
    done = report(make_place())
    for wrong in ({"low": 0}, {"mid": Decimal("10.6")}, {"low": Decimal("10.1")}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PriceReport.objects.filter(pk=done.pk).update(**wrong)
