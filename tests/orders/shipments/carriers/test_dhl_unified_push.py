import pytest

from orders.shipments.carriers import dhl_unified_push as adapter
from tests.orders.shipments.carriers.bodies import dhl, encode, meaning_of, read, read_event

TABLE = [
    ("unknown", "", "unknown", "", set()),
    ("pre-transit", "Shipment information received", "pre_transit", "", set()),
    ("transit", "Processed", "in_transit", "", set()),
    ("transit", "Out for delivery", "out_for_delivery", "", set()),
    ("transit", "Shipment is out with delivery courier", "out_for_delivery", "", set()),
    ("transit", "With delivery courier", "out_for_delivery", "", set()),
    ("transit", "Arrived at facility", "in_transit", "arrived_at_facility", set()),
    ("transit", "Departed from facility", "in_transit", "departed_facility", set()),
    ("transit", "Shipment picked up", "picked_up", "", set()),
    ("transit", "Customs clearance processing", "customs", "customs_processing", set()),
    ("transit", "Cleared customs", "customs", "customs_released", set()),
    ("transit", "Held in customs", "customs", "customs_hold", {"held"}),
    ("transit", "Delivery attempted, recipient not home", "delivery_attempted", "not_home", set()),
    ("transit", "Ready for collection at the service point", "available_for_pickup", "", set()),
    ("transit", "Delivered to the Packstation", "available_for_pickup", "locker", set()),
    ("transit", "Being returned to the sender", "returning", "", set()),
    ("transit", "Shipment is delayed", "", "", {"delayed"}),
    ("transit", "On hold", "", "", {"held"}),
    ("transit", "Damaged in transit", "", "", {"damaged"}),
    ("delivered", "Delivered", "delivered", "", set()),
    ("delivered", "Delivered to a neighbor", "delivered", "neighbour", set()),
    ("delivered", "Delivered - Signed for by", "delivered", "signed", set()),
    ("delivered", "Delivered back to the sender", "returned", "", set()),
    ("failure", "Delivery failed", "delivery_attempted", "", {"contact_carrier"}),
    ("failure", "Shipment lost", "failed", "lost", set()),
    ("failure", "Shipment destroyed", "failed", "destroyed", set()),
    ("failure", "Refused by recipient", "delivery_attempted", "refused_pending", set()),
    ("transit", "Clearance event", "customs", "customs_processing", set()),
    ("delivered", "Delivered to locker", "delivered", "locker", set()),
    ("failure", "Returned to shipper", "returned", "", set()),
    ("transit", "Refused by recipient", "delivery_attempted", "refused_pending", set()),
    ("failure", "Incomplete address", "delivery_attempted", "address_issue", {"address_issue"}),
]


@pytest.mark.parametrize(("code", "words", "status", "substatus", "flags"), TABLE)
def test_code_and_words_mean(code: str, words: str, status: str, substatus: str, flags: set[str]) -> None:
    assert meaning_of(read_event("dhl_unified_push", dhl(code, words))) == (status, substatus, flags)


def test_description_counts_where_the_status_is_plain() -> None:
    event = read_event("dhl_unified_push", dhl("transit", "Processed", "Loaded onto the delivery vehicle"))

    assert event.status == "out_for_delivery"


def test_several_shipments_are_several_reports() -> None:
    body = dhl("delivered")
    body["shipments"] += [{**dhl("transit")["shipments"][0], "id": "T2"}]

    reports = adapter.parse(encode("dhl_unified_push", body)).reports

    assert [(r.tracking_number, r.events[0].status) for r in reports] == [("T1", "delivered"), ("T2", "in_transit")]


@pytest.mark.parametrize("scope", ["subscription.validate", "subscription.ready", "subscription.failure"])
def test_words_about_the_subscription_are_no_shipments(scope: str) -> None:
    push = adapter.parse(encode("dhl_unified_push", {"scope": scope, "secret": "s"}))

    assert (push.control, push.secret, push.reports) == (scope, "s", ())
    assert "'s'" not in repr(push)


def test_estimate_and_signer_are_read() -> None:
    frame = {"estimatedFrom": "2026-11-02T08:00:00Z", "estimatedThrough": "2026-11-02T12:00:00Z"}
    details = {"proofOfDelivery": {"signed": {"givenName": "A", "familyName": "BUYER"}}}

    report = read("dhl_unified_push", dhl("transit", estimatedDeliveryTimeFrame=frame, details=details))

    assert (report.eta, report.eta_from) == ("2026-11-02T12:00:00Z", "2026-11-02T08:00:00Z")
    assert report.signed_by == "A BUYER"
