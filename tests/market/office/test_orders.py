import re

import pytest

from market.compliance.models import ComplianceDecision
from orders.inbox.actions import create_endpoint
from orders.orders.models import SellerOrder
from tests.builders import NOW, make_enterprise, make_officer, make_placed, make_regiment, make_variant
from tests.market.office.people import promised, signed_in, statements_of, top_unit

pytestmark = pytest.mark.django_db


def test_order_is_found_in_the_own_subtree_only() -> None:
    unit = make_regiment()
    mine, other = promised(unit).purchase, promised().purchase
    client = signed_in(make_officer(unit, "viewer"))

    page = client.get("/en/ops/orders/").content.decode()

    assert f"{mine.number}-1" in page
    assert other.number not in page
    assert client.get(f"/en/ops/orders/{mine.number}-1/").status_code == 200
    assert client.get(f"/en/ops/orders/{other.number}-1/").status_code == 404
    assert (
        other.number
        not in client.get(f"/en/ops/orders/?q={other.number}")
        .content.decode()
        .split("<main")[1]
        .split('role="status"')[1]
    )


@pytest.mark.parametrize(
    ("path", "kept"),
    [("orders/?q=P26", "P26"), ("sellers/?q=bay", ""), ("partners/{partner}/file/", "")],
)
def test_box_of_the_header_holds_what_orders_were_looked_up_by_and_nothing_else(path: str, kept: str) -> None:
    partner, _secret = create_endpoint("standard", "Old trucks", now=NOW)
    client = signed_in(make_officer(top_unit(), "compliance"))

    page = client.get(f"/en/ops/{path.format(partner=partner.pk)}").content.decode()

    box, *_own = re.findall(r'name="q" value="([^"]*)" maxlength="60" autocomplete', page)
    assert box == kept


@pytest.mark.parametrize("column", ["name_zh", "name_en", "name_ru"])
def test_order_is_found_by_each_name_of_its_seller(column: str) -> None:
    order = SellerOrder.objects.select_related("enterprise").get(purchase=promised().purchase)
    client = signed_in(make_officer(top_unit(), "viewer"))

    page = client.get("/en/ops/orders/", {"q": getattr(order.enterprise, column)}).content.decode()

    assert f'/en/ops/orders/{order.number}/"' in page


def test_order_of_two_sellers_shows_the_part_of_the_own_seller() -> None:
    unit = make_regiment()
    one, two = make_variant(enterprise=make_enterprise(unit=unit)), make_variant()
    purchase = make_placed((one, 1), (two, 1)).purchase
    own = SellerOrder.objects.get(purchase=purchase, enterprise__unit=unit)
    foreign = SellerOrder.objects.exclude(pk=own.pk).get()
    client = signed_in(make_officer(unit))

    assert client.get(f"/en/ops/orders/{own.number}/").status_code == 200
    assert client.get(f"/en/ops/orders/{foreign.number}/").status_code == 404


def test_list_costs_the_same_for_three_and_for_thirty() -> None:
    unit = make_regiment()
    client = signed_in(make_officer(unit))

    def read() -> None:
        assert client.get("/en/ops/orders/").status_code == 200

    for _ in range(3):
        promised(unit)
    few = statements_of(read)
    for _ in range(27):
        promised(unit)

    assert statements_of(read) == few <= 20


def decided(kind: str, subject: str, outcome: str = "block") -> None:
    ComplianceDecision.objects.create(
        subject_kind=kind,
        subject_id=subject,
        stage="checkout",
        inputs={"destination": "KZ", "hs_code": "081340"},
        outcome=outcome,
        rules_hit=["R1"],
        decided_at=NOW,
    )


def test_decisions_are_scoped_filtered_and_cost_the_same() -> None:
    unit = make_regiment()
    purchase = promised(unit).purchase
    decided("purchase", purchase.number)
    decided("purchase", "P000000-FOREIGN0", "allow")
    below = signed_in(make_officer(unit, "compliance"))
    top = signed_in(make_officer(top_unit(), "compliance"))

    assert "P000000-FOREIGN0" not in below.get("/en/ops/decisions/").content.decode()
    assert purchase.number in below.get("/en/ops/decisions/").content.decode()
    assert "P000000-FOREIGN0" in top.get("/en/ops/decisions/").content.decode()
    assert purchase.number in top.get("/en/ops/decisions/?outcome=block").content.decode()
    assert "P000000-FOREIGN0" not in top.get("/en/ops/decisions/?outcome=block").content.decode()
    few = statements_of(lambda: top.get("/en/ops/decisions/"))
    for number in range(28):
        decided("cart", str(number))
    assert statements_of(lambda: top.get("/en/ops/decisions/")) == few
