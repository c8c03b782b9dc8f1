"""Whose waybills a partner may report on is said when it is added, and changed later; so is whether it is heard."""

import pytest
from django.test import Client

from market.common.audit.models import AuditEntry
from orders.inbox.actions import create_endpoint
from orders.inbox.models import Endpoint
from tests.builders import NOW
from tests.market.office.people import signed_in
from tests.market.office.test_partners import strangers, top_officer
from tests.orders.inbox.test_receive import payload, post, signed

pytestmark = pytest.mark.django_db
PARTNERS = "/en/ops/partners/"


def acts(endpoint: Endpoint) -> list[str]:
    rows = AuditEntry.objects.filter(subject_id=endpoint.pk).order_by("pk")
    return list(rows.values_list("action", flat=True))


def carriers(endpoint: Endpoint) -> list[str]:
    return list(Endpoint.objects.get(pk=endpoint.pk).carriers)


@pytest.mark.parametrize("adapter", ["standard", "ups_track_alert", "dcsa_tnt", "dhl_unified_push"])
def test_nobody_gets_every_waybill_by_leaving_a_field_empty(adapter: str) -> None:
    client = top_officer()

    answer = client.post(PARTNERS, {"name": "Trucks", "adapter": adapter})

    assert answer.status_code == 422
    assert "Name the carriers" in answer.content.decode()
    assert not Endpoint.objects.exists()


@pytest.mark.parametrize(
    ("wish", "kept"),
    [
        (
            {"adapter": "standard", "carriers": "Own trucks\r\n\r\n Own trucks \r\nOld trucks, west"},
            ["Own trucks", "Old trucks, west"],
        ),
        ({"adapter": "standard", "any_carrier": "on"}, []),
        ({"adapter": "kuaidi100"}, []),
        ({"adapter": "kuaidi100", "carriers": "顺丰"}, ["顺丰"]),
    ],
)
def test_reach_is_what_was_said(wish: dict[str, str], kept: list[str]) -> None:
    assert top_officer().post(PARTNERS, {"name": "Trucks"} | wish).status_code == 200

    endpoint = Endpoint.objects.get()
    assert endpoint.carriers == kept
    assert AuditEntry.objects.get(action="partner.created").details["carriers"] == kept


def test_both_at_once_or_too_many_are_refused() -> None:
    client = top_officer()
    wish = {"name": "Trucks", "adapter": "standard"}

    for wrong in (
        {"carriers": "Own", "any_carrier": "on"},
        {"carriers": "x" * 41},
        {"carriers": "\n".join(map(str, range(51)))},
    ):
        assert client.post(PARTNERS, wish | wrong).status_code == 422
    assert not Endpoint.objects.exists()


def test_reach_is_changed_later_and_the_log_says_so_once() -> None:
    endpoint, _secret = create_endpoint("cainiao", "Trucks", now=NOW)
    client, path = top_officer(), f"{PARTNERS}{endpoint.pk}/reach/"

    for _ in range(2):
        assert client.post(path, {"carriers": "Own trucks"}).status_code == 302
    named = carriers(endpoint)
    refused = client.post(path, {"bind": "1"})
    client.post(path, {"any_carrier": "on"})

    assert (named, refused.status_code, carriers(endpoint)) == (["Own trucks"], 422, [])
    assert acts(endpoint) == ["partner.bound", "partner.bound"]
    page = client.get(f"{PARTNERS}{endpoint.pk}/").content.decode()
    assert "carriers changed" in page
    assert "any carrier" in page


def test_closed_partner_is_turned_away_until_it_is_opened() -> None:
    endpoint, secret = create_endpoint("standard", "Trucks", now=NOW)
    client, path = top_officer(), f"{PARTNERS}{endpoint.pk}/reach/"

    def told(number: str) -> int:
        return int(post(Client(), endpoint, payload(number), signed(secret, payload(number))))

    client.post(path, {"is_active": "0"})
    closed = told("W1")
    client.post(path, {"is_active": "0"})
    client.post(path, {"is_active": "1"})

    assert (closed, told("W2")) == (404, 202)
    assert acts(endpoint) == ["partner.closed", "partner.opened"]


def test_networks_are_said_and_taken_back_and_the_log_says_so() -> None:
    endpoint, secret = create_endpoint("standard", "Trucks", now=NOW)
    client, path = top_officer(), f"{PARTNERS}{endpoint.pk}/reach/"

    def told(number: str) -> int:
        return int(post(Client(), endpoint, payload(number), signed(secret, payload(number))))

    for _ in range(2):
        assert client.post(path, {"fence": "1", "networks": " 203.0.113.0/24\r\n\r\n2001:db8::1"}).status_code == 302
    fenced = Endpoint.objects.get()
    answers = [told("W1")]
    page, partner = (client.get(shown).content.decode() for shown in (path, f"{PARTNERS}{endpoint.pk}/"))
    client.post(path, {"fence": "1", "networks": ""})
    answers.append(told("W2"))
    opened = client.get(f"{PARTNERS}{endpoint.pk}/").content.decode()

    assert (fenced.networks, fenced.carriers) == ("203.0.113.0/24\n2001:db8::1/128", [])
    assert answers == [401, 202]
    assert acts(endpoint) == ["partner.fenced", "partner.fenced"]
    assert "203.0.113.0/24" in page
    assert partner.count("203.0.113.0/24, 2001:db8::1/128") == 2  # what holds, and the entry of the log
    assert opened.count("203.0.113.0/24, 2001:db8::1/128") == 1
    assert "<dd>anywhere" in opened
    assert "· anywhere</td>" in opened
    assert "as this server sees it, is 127.0.0.1" in page


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ("example.org", "“example.org” is neither an address nor a network."),
        ("10.0.0.1/8", "is inside the network 10.0.0.0/8: write that"),
        ("0.0.0.0/0", "leave the field empty"),
        ("\n".join(f"2001:db8:aaaa:bbbb:cccc:dddd:eeee:{n}" for n in range(150)), "These are 150 lines: at most 100"),
        ("10.0.0.1\n" * 101, "These are 101 lines"),
    ],
)
def test_what_is_no_network_is_said_and_changes_nothing(wrong: str, said: str) -> None:
    endpoint, _secret = create_endpoint("standard", "Trucks", now=NOW)

    answer = top_officer().post(f"{PARTNERS}{endpoint.pk}/reach/", {"fence": "1", "networks": wrong})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert said in page
    assert wrong in page  # nothing is cut off
    assert "maxlength" not in page.partition('name="networks"')[2].partition(">")[0]
    assert Endpoint.objects.get().networks == ""


@pytest.mark.parametrize("number", range(5))
def test_page_does_not_exist_for_any_other_post(number: int) -> None:
    endpoint, _secret = create_endpoint("standard", "Trucks", now=NOW)
    client, path = signed_in(strangers()[number]), f"{PARTNERS}{endpoint.pk}/reach/"

    assert client.get(path).status_code == 404
    assert client.post(path, {"is_active": "0"}).status_code == 404
    assert Endpoint.objects.get().is_active


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh-hans", "承运商、网段与关闭"), ("en", "Carriers, networks, closing"), ("ru", "Закрыть партнёра")],
)
def test_page_stands_in_three_languages(language: str, said: str) -> None:
    endpoint, _secret = create_endpoint("standard", "Trucks", now=NOW)

    page = top_officer().get(f"/{language}/ops/partners/{endpoint.pk}/reach/").content.decode()

    assert said in page
