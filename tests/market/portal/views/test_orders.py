import re
from decimal import Decimal

import pytest
from django.test import Client

from catalog.lots.actions.quarantine_lot import quarantine_lot
from catalog.lots.models import HarvestLot
from catalog.products.models import Variant
from orders.actions.raise_silent import SILENT_AFTER, raise_silent
from orders.actions.settle_payment import settle_payment
from orders.documents.models import Document
from orders.ledger.models import CommissionRule
from orders.orders.models import SellerOrder
from orders.payments.actions.start_payment import start_payment
from orders.payments.gateways.sandbox import press
from orders.payments.models import Refund
from orders.shipments.models import Shipment, ShipmentLine
from tests.builders import NOW, make_enterprise, make_placed, make_variant, stock_of
from tests.catalog.lots.actions.test_count_stock import add_lot
from tests.market.portal.people import SELL, read, send, staff_of
from tests.orders.inbox.test_receive import make_shipment

pytestmark = pytest.mark.django_db
PARCEL = {"carrier": "truck", "waybill": "W1"}


def make_paid(*wishes: tuple[Variant, int]) -> SellerOrder:
    """Paid in the sandbox, so that the books have its money: 5 % commission and 6 % tax on that."""
    CommissionRule.objects.create(rate=Decimal("0.05"), tax_rate=Decimal("0.06"))
    placed = make_placed(*wishes)
    payment = start_payment(placed.purchase, "sandbox", return_url="", now=NOW)
    press(payment.provider_ref, "succeed")
    settle_payment(payment, now=NOW)
    return placed.seller_orders[0]


def fields_of(client: Client, order: SellerOrder) -> dict[str, str]:
    """Name of each lot's field -> the quantity proposed."""
    page = read(client, f"orders/{order.number}/")
    return dict(re.findall(r'name="(pack_\d+_\d+)"(?: value="([\d.]+)")?', page))


def test_what_expires_first_is_proposed_and_partial_shipments_add_up() -> None:
    variant = make_variant(on_hand=3)
    add_lot(variant, "B", 5)
    order = make_paid((variant, 6))
    client = staff_of(variant.product.enterprise, "warehouse")
    first, second = sorted(fields_of(client, order))
    late, early = HarvestLot.objects.order_by("pk")  # the builder's harvest is a month later than B
    assert fields_of(client, order) == {first: "1", second: "5"}

    send(client, f"orders/{order.number}/", PARCEL | {first: "1", second: "1"})
    after = fields_of(client, order)
    send(client, f"orders/{order.number}/", {"carrier": "truck", "waybill": "W2"} | after)

    order.refresh_from_db()
    shipped = ShipmentLine.objects.order_by("shipment_id", "lot_id").values_list("shipment__waybill", "lot", "quantity")
    assert list(shipped) == [
        ("W1", late.pk, Decimal(1)),
        ("W1", early.pk, Decimal(1)),
        ("W2", early.pk, Decimal(4)),
    ]
    assert (order.state, stock_of(variant)) == ("in_progress", (Decimal(2), Decimal(0)))
    assert "Pack and ship" not in read(client, f"orders/{order.number}/")


@pytest.mark.parametrize(
    ("quantity", "words"),
    [
        ("", "Enter how many units of at least one lot you packed."),
        ("-1", "A quantity cannot be below zero."),
        ("7", "only 6 are left to ship, not 7."),
        ("0.00001", "at most 3 decimal places"),
        ("six", "Please enter a number"),
    ],
)
def test_bad_packing_keeps_what_was_typed_and_ships_nothing(quantity: str, words: str) -> None:
    variant = make_variant(on_hand=10)
    order = make_paid((variant, 6))
    client = staff_of(variant.product.enterprise)
    (field,) = fields_of(client, order)

    page = send(client, f"orders/{order.number}/", PARCEL | {field: quantity}, status=422)

    assert words in page
    assert 'value="W1"' in page
    assert not Shipment.objects.exists()
    assert stock_of(variant) == (Decimal(10), Decimal(6))


def test_several_waybills_become_parcels_with_their_own_state() -> None:
    variant = make_variant(on_hand=10)
    order = make_paid((variant, 6))
    client = staff_of(variant.product.enterprise)
    (field,) = fields_of(client, order)
    typed = {"further": "W2\r\n W 3 ，W2\r\n\r\n"}

    send(client, f"orders/{order.number}/", PARCEL | typed | {field: "2"})
    page = read(client, f"orders/{order.number}/")
    refused = send(client, f"orders/{order.number}/", {"carrier": "truck", "waybill": "W3", field: "2"}, status=422)
    long = {"carrier": "truck", "waybill": "W5", "further": "x" * 61, field: "2"}

    assert list(Shipment.objects.get().parcels.order_by("pk").values_list("number", flat=True)) == ["W1", "W2", "W3"]
    assert page.count("no news yet") == 4
    assert "Waybill W3 is already on this order." in refused
    assert "at most 60 signs" in send(client, f"orders/{order.number}/", long, status=422)
    assert "W3" in delivery_note_of(client, order)
    assert stock_of(variant) == (Decimal(8), Decimal(4))


def test_same_waybill_twice_ships_once() -> None:
    variant = make_variant(on_hand=10)
    order = make_paid((variant, 6))
    client = staff_of(variant.product.enterprise)
    (field,) = fields_of(client, order)
    send(client, f"orders/{order.number}/", PARCEL | {field: "2"})

    page = send(client, f"orders/{order.number}/", PARCEL | {field: "2"}, status=422)

    assert "Waybill W1 is already on this order." in page
    assert (Shipment.objects.count(), stock_of(variant)) == (1, (Decimal(8), Decimal(4)))


def test_lot_in_quarantine_is_not_offered_and_the_page_says_so() -> None:
    variant = make_variant(on_hand=10)
    order = make_paid((variant, 6))
    quarantine_lot(HarvestLot.objects.get(), reason="residue", by=None, now=NOW)
    client = staff_of(variant.product.enterprise)

    assert fields_of(client, order) == {}
    assert "No open lot covers 6 units" in read(client, f"orders/{order.number}/")


def test_decline_brings_stock_back_opens_the_refund_and_brings_nothing() -> None:
    variant = make_variant(on_hand=10)
    order = make_paid((variant, 6))
    client = staff_of(variant.product.enterprise, "sales")

    send(client, f"orders/{order.number}/decline/", {"reason": " "}, status=422)
    assert SellerOrder.objects.get().state == "awaiting_seller"
    send(client, f"orders/{order.number}/decline/", {"reason": "hail"})
    send(client, f"orders/{order.number}/decline/", {"reason": "again"}, status=422)

    assert (SellerOrder.objects.get().state, stock_of(variant)) == ("declined", (Decimal(10), Decimal(0)))
    assert Refund.objects.get().amount == 900
    page = read(client, f"orders/{order.number}/")
    assert "hail" in page
    assert "CN¥900.00 goes back to the buyer" in page
    assert "brings nothing" in page


def test_order_that_has_left_cannot_be_declined() -> None:
    variant = make_variant(on_hand=10)
    order = make_paid((variant, 6))
    client = staff_of(variant.product.enterprise)
    (field,) = fields_of(client, order)
    send(client, f"orders/{order.number}/", PARCEL | {field: "1"})

    send(client, f"orders/{order.number}/decline/", {"reason": "hail"}, status=422)

    assert SellerOrder.objects.get().state == "in_progress"
    assert not Refund.objects.exists()


def test_tabs_count_each_order_once_and_part_shipped_ones_are_still_to_ship() -> None:
    variant = make_variant(on_hand=20)
    order = make_paid((variant, 6))
    unpaid = make_placed((variant, 1)).seller_orders[0]
    client = staff_of(variant.product.enterprise)
    (field,) = fields_of(client, order)
    send(client, f"orders/{order.number}/", PARCEL | {field: "1"})

    to_ship = read(client, "orders/")
    assert order.number in to_ship
    assert "partly shipped" in to_ship
    assert unpaid.number not in to_ship
    assert re.findall(r'class="count">(\d+)<', to_ship) == ["1", "0", "0", "1", "0", "0", "2"]
    send(client, f"orders/{order.number}/", {"carrier": "truck", "waybill": "W2", field: "5"})
    read(client, f"orders/{order.number}/")  # where the message of success is shown
    assert order.number not in read(client, "orders/?state=to-ship")
    assert order.number in read(client, "orders/?state=on-the-way")
    assert order.number not in read(client, "orders/?state=nonsense")


def delivery_note_of(client: Client, order: SellerOrder) -> str:
    """As it is issued for the first shipment."""
    send(client, f"orders/{order.number}/documents/", {"issue": f"{order.number}-S1"})
    return read(client, f"orders/{order.number}/documents/{Document.objects.get().number}/")


def test_packing_list_adds_up_before_and_after_the_shipment() -> None:
    variant = make_variant(on_hand=3)
    add_lot(variant, "B", 5)
    order = make_paid((variant, 6))
    client = staff_of(variant.product.enterprise)

    proposed = read(client, f"orders/{order.number}/packing-list/")
    send(client, f"orders/{order.number}/", PARCEL | fields_of(client, order))
    final = delivery_note_of(client, order)

    for foot in (
        proposed.split("<tfoot>")[1].split("</tfoot>")[0],
        final.split('class="sums"')[1].split("</tbody>")[0],
    ):
        assert re.findall(r'class="num"[^>]*>([\d.]+)<', foot) == ["6", "30", "32.4"]
    send(client, f"orders/{order.number}/documents/", {"issue": "other"}, status=404)
    assert client.get(f"{SELL}orders/{order.number}/packing-list/?shipment=other").status_code == 302


def test_payouts_add_up_to_the_books_line_by_line() -> None:
    variant = make_variant(on_hand=10, price="1.29")  # 5 kg: 6.45 a box
    order = make_paid((variant, 1))
    client = staff_of(variant.product.enterprise, "finance")

    page = read(client, "payouts/")

    # 5 % of 6.45 is 0.32 (half up), 6 % of that 0.02; the seller has the rest.
    for amount in ("CN¥6.45", "−CN¥0.32", "−CN¥0.02", "CN¥6.11"):
        assert amount in page
    rows = re.findall(r"CN¥(-?[\d.]+)|-CN¥([\d.]+)", page.split("</table>")[0])
    assert [row[0] for row in rows] == ["6.11", "0.00", "0.00", "0.00", "6.11", "0.00"]
    assert order.number in page


def test_declined_order_leaves_the_balances_at_zero() -> None:
    variant = make_variant(on_hand=10)
    order = make_paid((variant, 1))
    client = staff_of(variant.product.enterprise)
    send(client, f"orders/{order.number}/decline/", {"reason": "hail"})

    page = read(client, "payouts/")

    assert set(re.findall(r"CN¥([\d.]+)", page.split("</table>")[0])) == {"0.00"}
    assert order.number not in page


def test_dashboard_counts_what_needs_doing() -> None:
    variant = make_variant(on_hand=6)
    make_paid((variant, 6))

    page = read(staff_of(variant.product.enterprise), "")

    counts = re.findall(r"<strong>(\d+)</strong>([a-z ,]+)", page)
    assert [(int(n), words) for n, words in counts] == [
        (1, "to ship"),
        (0, "with a shipment that needs you"),
        (0, "export enquiries to answer"),
        (0, "claims to answer"),
        (0, "reviews without an answer"),
        (0, "to correct for admission"),
        (0, "applications for services to go on with"),
        (0, "draft products"),
        (1, "packing sold out"),
        (0, "delivered, waiting for the buyer"),
    ]
    assert "CN¥852.30" in page  # 900.00 less 45.00 commission and 2.70 tax on it


@pytest.mark.parametrize(("count", "words"), [(1, "упаковка распродана"), (2, "упаковки распроданы")])
def test_dashboard_counts_in_the_words_of_the_number(count: int, words: str) -> None:
    enterprise = make_enterprise()
    for _ in range(count):
        make_variant(enterprise=enterprise, on_hand=0)

    page = staff_of(enterprise).get("/ru/sell/").content.decode()

    assert f"<strong>{count}</strong>{words}" in page


def test_shipment_nobody_has_heard_of_is_shown_to_its_seller() -> None:
    shipment = make_shipment("WB1")
    order = shipment.seller_order
    owner = staff_of(order.enterprise)
    sentence = "The carrier has said nothing for three days."

    before = read(owner, f"orders/{order.number}/")
    raise_silent(NOW + SILENT_AFTER * 2)

    assert sentence not in before
    assert sentence in read(owner, f"orders/{order.number}/")
