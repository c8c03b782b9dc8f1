from decimal import Decimal

import pytest

from market.common.audit.models import AuditEntry
from market.common.errors import IllegalMove, InvalidInput, NotFound
from market.prices.actions.correct_report import correct_report
from market.prices.actions.report_price import report_price
from market.prices.entries import Told
from market.prices.models import PriceReport
from tests.builders import NOW, make_officer
from tests.market.prices.scenes import bands, make_entry, make_place, report, steady

pytestmark = pytest.mark.django_db
RIGHT = Told("KGM", Decimal("10.6"), Decimal(11), Decimal("11.4"))


def test_correction_takes_the_place_and_the_old_one_stays_as_it_was() -> None:
    place = make_place()
    wrong = report(place)

    new = correct_report(wrong, RIGHT, reason="misread", by=make_officer(place.unit), now=NOW)

    wrong.refresh_from_db()
    assert (wrong.state, wrong.mid, wrong.reason) == ("superseded", 10, "misread")
    assert (new.state, new.mid, new.supersedes, new.reporter) == ("accepted", 11, wrong, wrong.reporter)
    assert [band.median for band in bands()] == [11]
    assert AuditEntry.objects.get(action="price.corrected").subject_id == str(new.pk)


def test_correction_is_judged_too() -> None:
    place = make_place()
    steady(place)
    wrong = report(place)
    far = Told("KGM", Decimal(20), Decimal(21), Decimal(22))

    assert correct_report(wrong, far, reason="misread", by=make_officer(place.unit), now=NOW).state == "held"


def test_correction_that_a_second_source_bears_out_is_accepted_with_it() -> None:
    place = make_place()
    steady(place)
    held, wrong = report(place, "12", reporter="乙"), report(place)
    right = Told("KGM", Decimal("11.5"), Decimal("12.2"), Decimal("12.5"))

    new = correct_report(wrong, right, reason="misread", by=make_officer(place.unit), now=NOW)

    held.refresh_from_db()
    assert (new.state, new.is_confirmed, held.state, held.is_confirmed) == ("accepted", True, "accepted", True)


def test_corrected_draft_stays_a_draft() -> None:
    place = make_place()
    officer = make_officer(place.unit)
    draft = report_price(make_entry(place), by=officer, now=NOW, is_draft=True)

    assert correct_report(draft, RIGHT, reason="misread", by=officer, now=NOW).state == "draft"
    assert bands() == []


def test_what_was_replaced_is_not_corrected_again() -> None:
    place = make_place()
    wrong, officer = report(place), make_officer(place.unit)
    correct_report(wrong, RIGHT, reason="misread", by=officer, now=NOW)

    with pytest.raises(IllegalMove):
        correct_report(wrong, RIGHT, reason="misread", by=officer, now=NOW)

    assert PriceReport.objects.count() == 2


def test_wrong_correction_changes_nothing() -> None:
    place = make_place()
    wrong = report(place)

    with pytest.raises(InvalidInput):
        correct_report(
            wrong, Told("KGM", Decimal(3), Decimal(2), Decimal(1)), reason="x", by=make_officer(place.unit), now=NOW
        )

    wrong.refresh_from_db()
    assert wrong.state == "accepted"


def test_officer_of_another_division_corrects_nothing() -> None:
    place, elsewhere = make_place(), make_place("elsewhere")
    done = report(place)

    with pytest.raises(NotFound):
        correct_report(done, RIGHT, reason="x", by=make_officer(elsewhere.unit), now=NOW)

    assert PriceReport.objects.get().state == "accepted"
