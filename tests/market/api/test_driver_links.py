"""A seller's program gives drivers their addresses and takes them back."""

import pytest
from django.test import Client

from market.common.audit.models import AuditEntry
from orders.inbox import links
from orders.inbox.models import ReportLink
from orders.shipments.models import Shipment
from tests.builders import make_enterprise
from tests.market.api.keys import call, key_for
from tests.market.drivers.drivers import press, status_of, work
from tests.orders.inbox.test_receive import make_shipment

pytestmark = pytest.mark.django_db
WISH = {"name": "Truck A123", "days": 7}


def path_of(shipment: Shipment) -> str:
    return f"/seller/shipments/{shipment.number}/driver-links"


def own_key(shipment: Shipment, *scopes: str, role: str = "owner") -> dict[str, str]:
    return key_for(shipment.seller_order.enterprise, *scopes, role=role)


def test_address_reports_until_it_is_withdrawn(client: Client) -> None:
    shipment = make_shipment("W1")
    key = own_key(shipment)

    made = call("post", path_of(shipment), WISH, key=key)
    told = made.json()
    page = "/en/d/" + told["address"].rsplit("/d/", 1)[1] + "/"
    press(client, page, "picked_up")
    work()
    withdrawn = [call("post", f"{path_of(shipment)}/{told['id']}/withdraw", key=key).json() for _ in range(2)]

    assert (made.status_code, told["is_live"], told["withdrawn_at"]) == (201, True, None)
    assert status_of(shipment) == "picked_up"
    assert [one["is_live"] for one in withdrawn] == [False, False]
    assert withdrawn[0]["withdrawn_at"] == withdrawn[1]["withdrawn_at"]
    press(client, page, "delivered", signed_by="王五", status=410)
    assert AuditEntry.objects.filter(action__in=["link.made", "link.withdrawn"]).count() == 2


def test_list_is_newest_first_and_never_tells_the_address() -> None:
    shipment = make_shipment("W1")
    key = own_key(shipment)
    first, second = (call("post", path_of(shipment), WISH, key=key).json() for _ in range(2))

    listed = call("get", path_of(shipment), key=key)

    assert [row["id"] for row in listed.json()["items"]] == [second["id"], first["id"]]
    assert "address" not in listed.json()["items"][0]
    for secret in (first["address"], second["address"]):
        assert secret.rsplit("/", 1)[1] not in listed.content.decode()


def test_another_sellers_shipment_and_link_are_not_there() -> None:
    shipment, other = make_shipment("W1"), make_shipment("W2")
    link = call("post", path_of(shipment), WISH, key=own_key(shipment)).json()["id"]
    strange, mine = key_for(make_enterprise()), own_key(other)

    answers = [
        call("post", path_of(shipment), WISH, key=strange),
        call("get", path_of(shipment), key=strange),
        call("post", f"{path_of(shipment)}/{link}/withdraw", key=strange),
        call("post", f"{path_of(other)}/{link}/withdraw", key=mine),
        call("post", f"{path_of(other)}/{2**70}/withdraw", key=mine),
    ]

    assert [answer.status_code for answer in answers] == [404] * 5
    assert ReportLink.objects.get().withdrawn_at is None


@pytest.mark.parametrize(("scopes", "role"), [(("orders:read",), "owner"), (("orders:write",), "finance")])
def test_key_that_may_only_read_or_whose_holder_may_not_ship_makes_none(scopes: tuple[str, ...], role: str) -> None:
    shipment = make_shipment("W1")

    answer = call("post", path_of(shipment), WISH, key=own_key(shipment, *scopes, role=role))

    assert answer.status_code == 403
    assert not ReportLink.objects.exists()


@pytest.mark.parametrize(
    "wish",
    [{}, {"name": ""}, {"name": "x" * 81}, {"name": "x", "days": 0}, {"name": "x", "days": 91}, {"name": "a\0b"}],
)
def test_wish_that_cannot_be_makes_none(wish: dict[str, object]) -> None:
    shipment = make_shipment("W1")

    answer = call("post", path_of(shipment), wish, key=own_key(shipment))

    assert answer.status_code in (400, 422)
    assert not ReportLink.objects.exists()


def test_live_ones_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    shipment = make_shipment("W1")
    key = own_key(shipment)
    monkeypatch.setattr(links, "MOST_LIVE", 1)
    first = call("post", path_of(shipment), WISH, key=key).json()["id"]

    refused = call("post", path_of(shipment), WISH, key=key)
    call("post", f"{path_of(shipment)}/{first}/withdraw", key=key)
    again = call("post", path_of(shipment), WISH, key=key)

    assert (refused.status_code, again.status_code) == (409, 201)
    assert refused.json()["error"]["code"] == "too_many_links"
