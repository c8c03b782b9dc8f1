"""Orders of the season, one story each: together they stand in every state an order can be in."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from market.compliance.actions.find_ownership import find_ownership
from market.compliance.models import OwnershipFinding
from market.config.season.carriers import easypost, kuaidi100, standard
from market.config.season.fetched import fetched
from market.config.season.stage import (
    ADDRESSES,
    Stage,
    ask_abroad,
    credit,
    order,
    orders_of,
    pay,
    promise_transfer,
    ship,
)
from market.config.season.timeline import Story
from orders.actions.accept_delivery import accept_delivery
from orders.actions.end_order import cancel_order, decline_order
from orders.inbox.tasks import process_event
from orders.shipments.temperature import Limits

COLD = "样例冷链"


def stories(stage: Stage) -> Iterator[Story]:
    yield accepted(stage)
    yield accepted_by_the_clock(stage)
    yield delivered(stage)
    yield out_for_delivery(stage)
    yield partly_shipped(stage)
    yield two_sellers(stage)
    yield on_a_far_road(stage)
    for number, buyer, farm_crop in ((1, "buyer", "jun-jujube"), (2, "trader", "wolfberry"), (3, "bakery", "walnut")):
        yield to_ship(stage, number, buyer, farm_crop)
    yield transfer_awaited(stage, "a", "canteen", 6, "tomato-paste", 2)
    yield transfer_awaited(stage, "b", "trader", 7, "cotton", 1)
    yield transfer_too_small(stage)
    yield just_placed(stage)
    yield expired(stage)
    yield cancelled_unpaid(stage)
    yield cancelled_paid(stage)
    yield declined(stage)
    yield late_money(stage)
    yield money_without_reference(stage)
    yield message_for_nobody(stage)
    yield refused_abroad(stage)
    yield owners_found(stage)
    yield from fetched(stage)


def accepted(stage: Stage) -> Story:
    yield (at := stage.day(21, "10:05"))
    purchase = order(stage, "accepted", "buyer", [(1, "grey-jujube", 0, 4), (1, "walnut", 0, 2)], at)
    yield (at := at + timedelta(minutes=6))
    pay(purchase, at)
    yield (at := stage.day(20, "16:20"))
    ship(stage, orders_of(purchase)[0], "YL2100000001", at)
    yield (at := stage.day(17, "12:40"))
    kuaidi100(stage.partners["kuaidi100"], "YL2100000001", "成都", scans=4, now=at)
    yield (at := stage.day(16, "19:10"))
    accept_delivery(orders_of(purchase)[0], by=stage.people["buyer"], now=at)


def accepted_by_the_clock(stage: Stage) -> Story:
    yield (at := stage.day(19, "08:30"))
    purchase = order(stage, "clock", "canteen", [(9, "apple", 1, 2), (9, "pear", 0, 6)], at)
    yield (at := at + timedelta(minutes=12))
    pay(purchase, at)
    yield (at := stage.day(18, "11:00"))
    ship(stage, orders_of(purchase)[0], "LL0900000007", at, carrier=COLD, temperatures=Limits(0, 4))
    yield (at := stage.day(15, "15:30"))
    steps = [("picked_up", timedelta(days=3)), ("in_transit", timedelta(days=2)), ("delivered", timedelta(hours=1))]
    on_the_way = [
        2.5,
        2.1,
        1.8,
        2.2,
        2.9,
        3.4,
        4.6,
        6.1,
        5.3,
        3.8,
        2.7,
        2.4,
    ] * 6  # too warm for three hours twice a day
    standard(stage.partners["standard"], "LL0900000007", steps, celsius=on_the_way, now=at)


def delivered(stage: Stage) -> Story:
    yield (at := stage.day(8, "20:15"))
    purchase = order(stage, "delivered", "buyer", [(5, "green-raisin", 0, 2), (5, "red-globe", 0, 2)], at)
    yield (at := at + timedelta(minutes=3))
    pay(purchase, at)
    yield (at := stage.day(7, "17:00"))
    ship(stage, orders_of(purchase)[0], "YL2100000002", at)
    for days, scans in ((5, 2), (3, 4)):
        yield (at := stage.day(days, "13:20"))
        kuaidi100(stage.partners["kuaidi100"], "YL2100000002", "成都", scans=scans, now=at)


def out_for_delivery(stage: Stage) -> Story:
    yield (at := stage.day(5, "11:45"))
    purchase = order(stage, "courier", "buyer", [(2, "walnut-kernel", 0, 1), (2, "almond", 0, 2)], at)
    yield (at := at + timedelta(minutes=2))
    pay(purchase, at)
    yield (at := stage.day(4, "15:50"))
    ship(stage, orders_of(purchase)[0], "YL2100000003", at)
    yield (at := stage.now - timedelta(hours=2))
    kuaidi100(stage.partners["kuaidi100"], "YL2100000003", "成都", scans=3, now=at)


def partly_shipped(stage: Stage) -> Story:
    yield (at := stage.day(6, "09:00"))
    wishes = [(10, "grey-jujube", 1, 3), (10, "honey", 0, 4), (10, "almond", 1, 2)]
    purchase = order(stage, "part", "trader", wishes, at)
    yield (at := at + timedelta(minutes=20))
    pay(purchase, at)
    yield (at := stage.day(4, "10:30"))
    ship(stage, orders_of(purchase)[0], "YL2100000004", at, lines=2)
    yield (at := stage.day(2, "18:00"))
    kuaidi100(stage.partners["kuaidi100"], "YL2100000004", "广州", scans=2, now=at)


def two_sellers(stage: Stage) -> Story:
    yield (at := stage.day(4, "21:00"))
    purchase = order(stage, "two", "buyer", [(1, "honey", 0, 2), (12, "lavender-oil", 0, 1)], at)
    yield (at := at + timedelta(minutes=4))
    pay(purchase, at)
    yield (at := stage.day(3, "09:30"))
    ship(stage, orders_of(purchase)[1], "YL2100000005", at)
    yield (at := stage.day(2, "08:10"))
    kuaidi100(stage.partners["kuaidi100"], "YL2100000005", "成都", scans=1, now=at)


def on_a_far_road(stage: Stage) -> Story:
    yield (at := stage.day(7, "14:00"))
    purchase = order(stage, "far", "bakery", [(15, "black-raisin", 0, 3), (15, "walnut-kernel", 0, 2)], at)
    yield (at := at + timedelta(minutes=9))
    pay(purchase, at)
    yield (at := stage.day(5, "16:00"))
    ship(stage, orders_of(purchase)[0], "SE770000012", at, carrier="SampleExpress")
    yield (at := stage.day(1, "09:20"))
    easypost(stage.partners["easypost"], "SE770000012", now=at)


def to_ship(stage: Stage, number: int, buyer: str, crop: str) -> Story:
    yield (at := stage.day(1, f"1{number}:25"))
    purchase = order(stage, f"to-ship-{number}", buyer, [(1, crop, 0, number + 1)], at)
    yield (at := at + timedelta(minutes=number))
    pay(purchase, at)


def transfer_awaited(stage: Stage, key: str, buyer: str, farm: int, crop: str, times: int) -> Story:
    """Nobody has seen the money yet: the officer confirms it from the bank statement."""
    yield (at := stage.now - timedelta(hours=20 if key == "a" else 3))
    promise_transfer(order(stage, f"transfer-{key}", buyer, [(farm, crop, 0, times)], at), at)


def transfer_too_small(stage: Stage) -> Story:
    yield (at := stage.now - timedelta(hours=19))
    purchase = order(stage, "short", "canteen", [(8, "whole-milk-powder", 0, 1)], at)
    promise_transfer(purchase, at)
    yield (at := stage.now - timedelta(hours=4))
    credit(stage, "2003", purchase.number, ADDRESSES["canteen"][0], purchase.total - 50, at)


def just_placed(stage: Stage) -> Story:
    yield (at := stage.now - timedelta(minutes=4))
    order(stage, "new", "household", [(4, "apple", 0, 1), (13, "dried-prune", 0, 1)], at)


def expired(stage: Stage) -> Story:
    yield (at := stage.day(12, "22:30"))
    order(stage, "expired", "buyer", [(14, "chilli", 0, 1)], at)


def cancelled_unpaid(stage: Stage) -> Story:
    yield (at := stage.day(11, "09:15"))
    purchase = order(stage, "cancelled", "household", [(3, "sunflower-seed", 0, 1)], at)
    yield (at := at + timedelta(minutes=11))
    for row in orders_of(purchase):
        cancel_order(row, by=stage.people["household"], reason="地址写错了，重新下单", now=at)


def cancelled_paid(stage: Stage) -> Story:
    """Paid by the sandbox, which sends the money back at once."""
    yield (at := stage.day(10, "13:00"))
    purchase = order(stage, "cancelled-paid", "buyer", [(11, "green-raisin", 0, 1)], at)
    yield (at := at + timedelta(minutes=5))
    pay(purchase, at)
    yield (at := at + timedelta(hours=3))
    cancel_order(orders_of(purchase)[0], by=stage.people["buyer"], reason="改买黑加仑葡萄干", now=at)


def declined(stage: Stage) -> Story:
    """Paid by transfer: the refund waits for the finance officer's bank file."""
    yield (at := stage.day(9, "10:00"))
    purchase = order(stage, "declined", "bakery", [(16, "chilli", 0, 2)], at)
    promise_transfer(purchase, at)
    yield (at := stage.day(8, "10:30"))
    credit(stage, "2001", purchase.number, ADDRESSES["bakery"][0], purchase.total, at)
    yield (at := stage.day(7, "09:00"))
    row = orders_of(purchase)[0]
    decline_order(row, by=stage.owner(16), reason="库内受潮，达不到一级标准，不发货", now=at)


def late_money(stage: Stage) -> Story:
    """A transfer that came after the order had expired is booked and goes back."""
    yield (at := stage.day(14, "15:00"))
    purchase = order(stage, "late", "trader", [(2, "dried-apricot", 0, 3)], at)
    promise_transfer(purchase, at)
    yield (at := stage.day(6, "11:30"))
    credit(stage, "2002", purchase.number, ADDRESSES["trader"][0], purchase.total, at)


def money_without_reference(stage: Stage) -> Story:
    yield (at := stage.now - timedelta(hours=5))
    credit(stage, "2004", "货款", "样例商行", Decimal("860.00"), at)


def refused_abroad(stage: Stage) -> Story:
    """Destinations are closed until an officer opens one: no enquiry is made, the decision stays to be read."""
    yield (at := stage.day(2, "15:40"))
    ask_abroad(stage, [(1, "grey-jujube", 2, 1), (1, "walnut", 1, 1)], "KZ", at)


def owners_found(stage: Stage) -> Story:
    """The compliance officer has looked at the papers of four sellers; of the others nothing is known, and unknown is
    never independent."""
    yield (at := stage.day(12, "10:30"))
    known = OwnershipFinding.Result
    found = (known.INDEPENDENT, known.INDEPENDENT, known.XPCC_AFFILIATED, known.XPCC_OWNED_50)
    for farm, result in zip((1, 2, 6, 7), found, strict=True):
        find_ownership(
            stage.farms[farm],
            result,
            evidence="样例：营业执照、股东名册和最终受益人声明，均为演示材料。",
            valid_until=timezone.localdate(at) + timedelta(days=365),
            by=stage.people["officer"],
            now=at,
        )


def message_for_nobody(stage: Stage) -> Story:
    """A waybill we do not know is tried for a day, then a person is asked."""
    yield (at := stage.day(3, "17:00"))
    event = kuaidi100(stage.partners["kuaidi100"], "YL9999999999", "兰州", scans=2, now=at)
    yield (at := stage.day(2, "17:10"))
    process_event(event, at)
