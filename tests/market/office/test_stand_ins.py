"""Officers name who stands in for them; what waits is then found under "mine to decide"."""

from datetime import timedelta

import pytest

from market.accounts.models import Delegation
from market.common.clock import read_clock
from tests.builders import make_officer, make_regiment
from tests.market.office.people import signed_in
from tests.market.public_services.scenes import at_desk, make_case, make_service, make_town
from tests.market.storefront.shop import words

pytestmark = pytest.mark.django_db


def test_a_stand_in_is_named_finds_the_work_and_signs_for_both() -> None:
    town, now = make_town(), read_clock()
    officer, stand_in = town.officers["regiment"], make_officer(town.division, "viewer")
    case = make_case(town, make_service(town.corps), now=now)
    page = f"/en/ops/posts/{officer.posts.get().pk}/stand-in/"
    today = now.date().isoformat()
    form = {"person": stand_in.email, "first": today, "until": (now + timedelta(days=3)).date().isoformat()}

    assert signed_in(officer).post(page, form | {"person": "nobody@example.org"}).status_code == 422
    assert signed_in(officer).post(page, form | {"until": "2026-01-01"}).status_code == 422
    assert signed_in(officer).post(page, form).status_code == 302

    assert case.number in signed_in(stand_in).get("/en/ops/applications/").content.decode()
    fields = {"act": "accept", "step": str(at_desk(case).pk)}
    assert signed_in(stand_in).post(f"/en/ops/applications/{case.number}/", fields).status_code == 302
    assert f"{stand_in} for {officer}" in words(signed_in(officer).get(f"/en/ops/applications/{case.number}/"))
    assert signed_in(officer).post(page, {"end": str(Delegation.objects.get().pk)}).status_code == 302
    assert "Nobody stands in." in words(signed_in(officer).get(page))


def test_others_name_nobody() -> None:
    town = make_town()
    page = f"/en/ops/posts/{town.officers['regiment'].posts.get().pk}/stand-in/"

    for other in (make_officer(town.regiment), make_officer(make_regiment()), make_officer(town.division, "viewer")):
        assert signed_in(other).get(page).status_code == 404
        assert signed_in(other).post(page, {"end": "1"}).status_code == 404
    assert signed_in(town.officers["division"]).get(page).status_code == 200
