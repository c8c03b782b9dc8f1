from datetime import timedelta

import pytest

from market.prices.models import PriceReport
from tests.builders import make_enterprise, make_member, make_officer
from tests.market.office.people import signed_in, statements_of
from tests.market.prices.scenes import TODAY, make_commodity, make_place, report, steady
from tests.market.storefront.shop import words

pytestmark = pytest.mark.django_db
FIGURES = {"unit": "jin", "low": "4.5", "mid": "5", "high": "5.5"}


def held_in(code: str = "aral") -> PriceReport:
    place = make_place(code)
    steady(place)
    return report(place, "12")


def test_officer_reports_a_price() -> None:
    place, goods = make_place(), make_commodity()
    client = signed_in(make_officer(place.unit))
    answers = {
        "place": place.pk,
        "commodity": goods.pk,
        "grade": "first",
        "basis": "farm_gate",
        "day": "2026-11-24",
        "reporter": "甲信息点",
        "source": "trader",
        **FIGURES,
    }

    assert client.post("/en/ops/prices/new/", answers | {"mid": "6"}).status_code == 422
    assert client.post("/en/ops/prices/new/", answers).status_code == 302
    assert client.post("/en/ops/prices/new/", answers).status_code == 422

    done = PriceReport.objects.get()
    assert (done.mid, done.state, done.org_unit) == (10, "accepted", place.unit)
    assert "Grey jujube" in words(client.get("/en/ops/prices/?state=accepted"))
    assert "No price waits" in words(client.get("/en/ops/prices/"))


def test_draft_waits_until_it_is_handed_in() -> None:
    place, goods = make_place(), make_commodity()
    client = signed_in(make_officer(place.unit))
    answers = {"place": place.pk, "commodity": goods.pk, "grade": "first", "basis": "farm_gate", "day": "2026-11-24"}
    client.post("/en/ops/prices/new/", answers | {"reporter": "甲", "source": "trader", "draft": "1", **FIGURES})
    draft = PriceReport.objects.get()
    assert "Grey jujube" in words(client.get("/en/ops/prices/"))

    assert client.post(f"/en/ops/prices/{draft.pk}/", {"confirm": "1"}).status_code == 302

    draft.refresh_from_db()
    assert draft.state == "accepted"


def test_held_report_shows_rule_and_history_and_is_confirmed_by_another_officer() -> None:
    held = held_in()
    path = f"/en/ops/prices/{held.pk}/"
    enterer, other = signed_in(held.entered_by), signed_in(make_officer(held.org_unit))

    page = words(other.get(path))
    assert "6 days, median CN¥10.00, at most CN¥1.50 away" in page
    assert "6 days, median CN¥10.00, at most CN¥1.50 away" in words(other.get("/en/ops/prices/"))
    assert (TODAY - timedelta(days=6)).isoformat() in page
    assert "another officer confirms it" in words(enterer.get(path))
    assert "You reported this price yourself" in words(enterer.post(path, {"confirm": "1"}))
    assert other.post(path, {"confirm": "1"}).status_code == 302

    held.refresh_from_db()
    assert held.state == "accepted"
    assert "a price was confirmed" in words(other.get(path))


def test_rejection_needs_a_reason() -> None:
    held = held_in()
    client, path = signed_in(make_officer(held.org_unit)), f"/en/ops/prices/{held.pk}/"

    assert client.post(path, {"reject": "1"}).status_code == 422
    assert client.post(path, {"reject": "1", "reject-reason": "wrong market"}).status_code == 302

    held.refresh_from_db()
    assert (held.state, held.reason) == ("rejected", "wrong market")
    assert "wrong market" in words(client.get(path))


def test_correction_takes_the_place() -> None:
    held = held_in()
    client, path = signed_in(make_officer(held.org_unit)), f"/en/ops/prices/{held.pk}/"
    told = {f"correct-{name}": value for name, value in FIGURES.items()}

    assert client.post(path, {"correct": "1", **told}).status_code == 422
    answer = client.post(path, {"correct": "1", "correct-reason": "misread", **told})

    new = PriceReport.objects.get(supersedes=held)
    assert (answer.status_code, answer["Location"]) == (302, f"/en/ops/prices/{new.pk}/")
    assert "Replaced by" in words(client.get(path))


def test_officer_of_another_division_sees_and_does_nothing() -> None:
    held, place = held_in(), make_place("elsewhere")
    client, path = signed_in(make_officer(place.unit)), f"/en/ops/prices/{held.pk}/"

    assert "Grey jujube" not in words(client.get("/en/ops/prices/?state=all"))
    assert client.get(path).status_code == 404
    for act in ({"confirm": "1"}, {"reject": "1", "reject-reason": "x"}, {"correct": "1"}):
        assert client.post(path, act).status_code == 404
    refused = client.post("/en/ops/prices/new/", {"place": held.place_id, "commodity": held.commodity_id, **FIGURES})
    assert "Please choose one of the list" in words(refused)
    held.refresh_from_db()
    assert held.state == "held"
    assert PriceReport.objects.filter(state="held").count() == 1


def test_viewer_looks_only_and_a_seller_not_at_all() -> None:
    held = held_in()
    viewer, path = signed_in(make_officer(held.org_unit, "viewer")), f"/en/ops/prices/{held.pk}/"

    assert "Confirm" not in words(viewer.get(path))
    assert viewer.post(path, {"confirm": "1"}).status_code == 404
    assert viewer.get("/en/ops/prices/new/").status_code == 404
    assert viewer.get("/en/ops/prices/table/").status_code == 404
    assert signed_in(make_member(make_enterprise())).get("/en/ops/prices/").status_code == 404


def test_desk_counts_what_waits() -> None:
    held = held_in()

    page = words(signed_in(make_officer(held.org_unit)).get("/en/ops/"))

    assert "1 price report waits" in page
    assert "Price out of line Grey jujube" in page


def test_list_takes_the_same_statements_for_few_and_many() -> None:
    place = make_place()
    client = signed_in(make_officer(place.unit))
    officer = make_officer(place.unit)
    report(place, by=officer)
    few = statements_of(lambda: client.get("/en/ops/prices/?state=all"))
    for ago in range(1, 25):
        report(place, by=officer, days_ago=ago)

    assert statements_of(lambda: client.get("/en/ops/prices/?state=all")) == few


def test_many_held_prices_are_confirmed_together_by_another_officer() -> None:
    place = make_place()
    steady(place)
    held = [report(place, mid, reporter=f"点{mid}") for mid in ("12", "30", "60")]
    officer = make_officer(place.unit)
    own = report(place, "90", by=officer, reporter="点90")
    client = signed_in(officer)
    page = client.get("/en/ops/prices/?state=held").content.decode()
    assert [f'value="{row.pk}"' in page for row in (*held, own)] == [True, True, True, False]

    chosen = [str(row.pk) for row in (held[0], held[1], own)]
    answer = client.post("/en/ops/prices/?state=held", {"report": [*chosen, "x", "9" * 30]}, follow=True)

    assert answer.redirect_chain == [("/en/ops/prices/?state=held", 302)]
    text = words(answer)
    assert "2 prices have been confirmed." in text
    assert "1 price was not confirmed" in text
    states = PriceReport.objects.in_bulk([row.pk for row in (*held, own)])
    assert [states[row.pk].state for row in (*held, own)] == ["accepted", "accepted", "held", "held"]
    assert "Choose the prices that are right." in words(client.post("/en/ops/prices/", follow=True))


def test_nobody_confirms_prices_out_of_reach_or_without_the_role() -> None:
    held = held_in()
    viewer = make_officer(held.place.unit, "viewer")
    for officer in (viewer, make_officer(make_place("korla").unit)):
        client = signed_in(officer)
        assert 'name="report"' not in client.get("/en/ops/prices/?state=held").content.decode()
        client.post("/en/ops/prices/", {"report": [held.pk]})

    held.refresh_from_db()
    assert held.state == "held"


def test_a_post_that_names_no_button_decides_nothing() -> None:
    held = held_in()
    client = signed_in(make_officer(held.place.unit))

    assert client.post(f"/en/ops/prices/{held.pk}/", {"other": "1"}).status_code == 302

    held.refresh_from_db()
    assert held.state == "held"
