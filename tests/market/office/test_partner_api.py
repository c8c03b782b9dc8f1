"""The partner's page: its key goes in and never comes out, who may set it, what failed is told in words."""

from datetime import timedelta

import pytest
from django.test import Client

from market.common.audit.models import AuditEntry
from market.common.sealing import unseal
from orders.inbox.actions import create_endpoint
from orders.inbox.models import Endpoint, Errand, PartnerApi
from orders.inbox.partner_api import set_partner_api
from tests.builders import NOW, make_officer, make_regiment
from tests.market.office.people import signed_in, top_unit

pytestmark = pytest.mark.django_db
KEY = "EZAK-very-secret-key"


def top_officer() -> Client:
    return signed_in(make_officer(top_unit(), "compliance"))


def partner(adapter: str = "easypost") -> Endpoint:
    return create_endpoint(adapter, "Carrier", now=NOW)[0]


def test_key_is_kept_sealed_and_shown_on_no_page() -> None:
    endpoint, client = partner(), top_officer()
    address = f"/en/ops/partners/{endpoint.pk}/"

    answer = client.post(address, {"api": "1", "key": KEY, "is_on": "on"}, follow=True)
    again = client.get(address)

    assert answer.redirect_chain == [(address, 302)]
    api = PartnerApi.objects.get()
    assert (api.is_on, unseal(api.sealed_key)) == (True, KEY.encode())
    for page in (answer, again):
        assert KEY not in page.content.decode()
        assert page["Cache-Control"] == "no-store"
    entry = AuditEntry.objects.get(action="partner.api_on")
    assert (entry.details, KEY in str(entry.details)) == ({"has_new_key": True}, False)


def test_empty_key_keeps_the_one_there_is() -> None:
    endpoint = partner()
    set_partner_api(endpoint, key=KEY, is_on=True, now=NOW)

    top_officer().post(f"/en/ops/partners/{endpoint.pk}/", {"api": "1", "key": ""})

    api = PartnerApi.objects.get()
    assert (api.is_on, unseal(api.sealed_key)) == (False, KEY.encode())


@pytest.mark.parametrize(
    ("adapter", "typed", "told"),
    [
        ("easypost", {"is_on": "on"}, "Please enter the key the partner gave."),
        ("ups_track_alert", {"key": KEY}, "Please say whose waybills it carries"),
        (
            "dhl_unified_push",
            {"key": KEY, "carriers": "DHL"},
            "This partner wants to know which of its services carries.",
        ),
        ("iata_one_record", {"key": KEY, "addresses": "http://10.0.0.1/"}, "Only https addresses"),
    ],
)
def test_what_is_missing_is_told_and_the_key_not_echoed_by_us(adapter: str, typed: dict[str, str], told: str) -> None:
    endpoint = partner(adapter)

    answer = top_officer().post(f"/en/ops/partners/{endpoint.pk}/", {"api": "1", **typed})

    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert KEY not in answer.content.decode()
    assert not PartnerApi.objects.exists()


def test_carriers_stand_on_lines_of_their_own() -> None:
    endpoint = partner("ups_track_alert")

    top_officer().post(f"/en/ops/partners/{endpoint.pk}/", {"api": "1", "key": KEY, "carriers": " UPS \n\nUPS 快递\n"})

    endpoint.refresh_from_db()
    assert endpoint.carriers == ["UPS", "UPS 快递"]
    assert PartnerApi.objects.count() == 1


def test_partner_nobody_knows_how_to_call_has_no_form() -> None:
    endpoint = partner("standard")

    page = top_officer().get(f"/en/ops/partners/{endpoint.pk}/").content.decode()

    assert 'name="api"' not in page


def test_officer_below_the_top_sets_nothing() -> None:
    endpoint, client = partner(), signed_in(make_officer(make_regiment(), "compliance"))

    answer = client.post(f"/en/ops/partners/{endpoint.pk}/", {"api": "1", "key": KEY, "is_on": "on"})

    assert (answer.status_code, PartnerApi.objects.count()) == (404, 0)


@pytest.mark.parametrize(("language", "told"), [("en", "does not accept our key"), ("zh-hans", "不接受我们的密钥")])
def test_failure_is_told_in_words_on_both_pages(language: str, told: str) -> None:
    endpoint, client = partner(), top_officer()
    set_partner_api(endpoint, key=KEY, is_on=True, now=NOW)
    PartnerApi.objects.update(succeeded_at=NOW, failed_at=NOW + timedelta(hours=1), error="key")
    Errand.objects.create(endpoint=endpoint, kind="poll", subject="O1-S1", error="refused 700", tries=2, due_at=NOW)

    one = client.get(f"/{language}/ops/partners/{endpoint.pk}/").content.decode()
    overview = client.get(f"/{language}/ops/partners/").content.decode()

    assert told in one
    assert "O1-S1" in one
    assert "700" in one
    assert ("calls fail" if language == "en" else "访问失败") in overview
