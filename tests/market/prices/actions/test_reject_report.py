import pytest

from market.common.audit.models import AuditEntry
from market.common.errors import IllegalMove, InvalidInput, NotFound
from market.prices.actions.reject_report import reject_report
from tests.builders import NOW, make_officer
from tests.market.prices.scenes import bands, make_place, report

pytestmark = pytest.mark.django_db


def test_rejected_report_leaves_the_band() -> None:
    place = make_place()
    wrong = report(place)
    assert [band.state for band in bands()] == ["too_few"]

    reject_report(wrong, reason="typed for another market", by=make_officer(place.unit), now=NOW)

    assert [(band.state, band.sources, band.median) for band in bands()] == [("empty", 0, None)]
    assert AuditEntry.objects.get(action="price.rejected").details["reason"] == "typed for another market"


def test_source_may_report_again_after_a_rejection() -> None:
    place = make_place()
    reject_report(report(place), reason="wrong", by=make_officer(place.unit), now=NOW)

    assert report(place, "11").state == "accepted"


def test_rejection_needs_a_reason_and_is_final() -> None:
    place = make_place()
    wrong, officer = report(place), make_officer(place.unit)

    with pytest.raises(InvalidInput):
        reject_report(wrong, reason=" ", by=officer, now=NOW)
    reject_report(wrong, reason="wrong", by=officer, now=NOW)
    with pytest.raises(IllegalMove):
        reject_report(wrong, reason="wrong", by=officer, now=NOW)


def test_officer_of_another_division_rejects_nothing() -> None:
    place, elsewhere = make_place(), make_place("elsewhere")
    done = report(place)

    with pytest.raises(NotFound):
        reject_report(done, reason="wrong", by=make_officer(elsewhere.unit), now=NOW)

    done.refresh_from_db()
    assert done.state == "accepted"
