from typing import Any

import pytest
from django.test import Client

from market.accounts.models import User
from market.compliance.models import OwnershipFinding
from tests.builders import NOW, know_owners, make_enterprise, make_officer, make_regiment

pytestmark = pytest.mark.django_db
FORM = {"result": "INDEPENDENT", "evidence": "register extract 12", "valid_until": "2027-06-01"}


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("market.office.desk.read_clock", lambda: NOW)


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def get(client: Client, path: str) -> tuple[int, str]:
    answer: Any = client.get(path)
    return answer.status_code, answer.content.decode()


def test_a_compliance_officer_records_a_finding_for_a_seller_in_reach() -> None:
    enterprise = make_enterprise()
    client = signed_in(make_officer(enterprise.unit, "compliance"))
    path = f"/en/ops/owners/{enterprise.number}/"
    assert "unknown" in get(client, "/en/ops/owners/")[1]

    assert client.post(path, FORM | {"result": ""}).status_code == 422
    assert client.post(path, FORM | {"valid_until": "2026-01-01"}).status_code == 422
    assert client.post(path, FORM).status_code == 302

    assert OwnershipFinding.objects.get().result == "INDEPENDENT"
    assert "register extract 12" in get(client, path)[1]
    assert "owners known" in get(client, "/en/ops/owners/")[1]


def test_others_see_no_such_page_and_change_nothing() -> None:
    enterprise = make_enterprise()
    path = f"/en/ops/owners/{enterprise.number}/"
    strangers = [
        make_officer(make_regiment(), "compliance"),
        make_officer(enterprise.unit, "reviewer"),
        make_officer(enterprise.unit, "finance"),
    ]
    for officer in strangers:
        client = signed_in(officer)
        assert get(client, path)[0] == 404
        assert client.post(path, FORM).status_code == 404

    assert not OwnershipFinding.objects.exists()


def test_the_list_shows_sellers_in_reach_only() -> None:
    mine, foreign = make_enterprise(), make_enterprise()
    know_owners(foreign)

    _status, text = get(signed_in(make_officer(mine.unit, "compliance")), "/en/ops/owners/")

    assert mine.number in text
    assert foreign.number not in text
