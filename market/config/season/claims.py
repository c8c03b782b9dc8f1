"""Claims of the season, one in each state that somebody has to act on, and a shipment that came back."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from django.core.files.storage import default_storage

from market.config.season.carriers import kuaidi100, standard
from market.config.season.stage import Stage, order, orders_of, pay, ship
from market.config.season.timeline import Story
from orders.actions.add_claim_photos import add_claim_photos
from orders.actions.answer_claim import answer_claim
from orders.actions.file_claim import Wish, file_claim
from orders.actions.react_to_claim import escalate_claim, take_offer
from orders.claims.models import Claim, ClaimLine
from orders.claims.photos import Photo, render_photo
from orders.claims.queries import claimable
from orders.orders.models import OrderLine, SellerOrder

R = ClaimLine.Reason
COLD = "样例冷链"


def claims(stage: Stage) -> Iterator[Story]:
    yield waits_for_the_seller(stage)
    yield offer_taken(stage)
    yield waits_for_an_officer(stage)
    yield came_back(stage)


def _file(stage: Stage, key: str, buyer: str, line: int, quantity: str, reason: str, text: str, at: datetime) -> Claim:
    row = SellerOrder.objects.get(purchase__idempotency_key=f"season-{key}")
    one = next(one for one in claimable(row) if one.line.position == line)
    wish = Wish(one.line.pk, one.lot.pk, Decimal(quantity), reason)
    claim = file_claim(row, [wish], text, by=stage.people[buyer], now=at)
    if reason in (R.SPOILED, R.QUALITY):
        add_claim_photos(claim, list(_photos(one.line)))
    return claim


def _photos(line: OrderLine) -> Iterator[Photo]:
    """The goods as their own picture shows them: nobody has photographed sample mould."""
    for picture in line.variant.product.images.order_by("position")[:1]:
        if name := picture.thumbnails.get("480"):
            with default_storage.open(name) as file:
                yield render_photo(file.read(), name)


def waits_for_the_seller(stage: Stage) -> Story:
    yield (at := stage.day(3, "18:20"))
    _file(stage, "accepted", "buyer", 2, "1", R.SPOILED, "有一箱下层受潮发霉，已拍照留存，其余完好。", at)


def offer_taken(stage: Stage) -> Story:
    yield (at := stage.day(7, "08:40"))
    words = "到货时路上温度超过约定，靠箱边的梨发软，挑出两箱不能用。"
    claim = _file(stage, "clock", "canteen", 2, "2", R.SPOILED, words, at)
    yield (at := stage.day(6, "16:05"))
    line = claim.lines.get()
    offered = (line.wanted * Decimal("0.8")).quantize(Decimal("0.01"))
    seller = claim.seller_order.enterprise.members.get().user
    answer_claim(claim, {line.pk: offered}, "温度记录属实，愿退八成；挑出的果可作加工用。", by=seller, now=at)
    yield (at := stage.day(5, "10:30"))
    take_offer(claim, by=stage.people["canteen"], now=at)


def waits_for_an_officer(stage: Stage) -> Story:
    yield (at := stage.day(13, "19:40"))
    purchase = order(stage, "mouldy", "household", [(8, "walnut-kernel", 0, 3)], at)
    yield (at := at + timedelta(minutes=5))
    pay(purchase, at)
    yield (at := stage.day(12, "10:00"))
    ship(stage, orders_of(purchase)[0], "YL2100000021", at)
    yield (at := stage.day(9, "14:10"))
    kuaidi100(stage.partners["kuaidi100"], "YL2100000021", "武汉", scans=4, now=at)
    yield (at := stage.day(8, "20:30"))
    words = "开箱有哈喇味，不像今年的新货，与描述不符。"
    claim = _file(stage, "mouldy", "household", 1, "2", R.QUALITY, words, at)
    yield (at := stage.day(6, "09:15"))
    seller = claim.seller_order.enterprise.members.get().user
    answer_claim(claim, {}, "批次为今年十月采收，有检测报告，出库时完好。", by=seller, now=at)
    yield (at := stage.day(5, "21:00"))
    escalate_claim(claim, now=at)


def came_back(stage: Stage) -> Story:
    yield (at := stage.day(10, "11:20"))
    purchase = order(stage, "came-back", "bakery", [(2, "almond", 0, 1)], at)
    yield (at := at + timedelta(minutes=9))
    pay(purchase, at)
    yield (at := stage.day(9, "10:45"))
    ship(stage, orders_of(purchase)[0], "LL0900000022", at, carrier=COLD)
    yield (at := stage.day(2, "12:00"))
    steps = [("picked_up", 7), ("in_transit", 6), ("delivery_attempted", 4), ("returning", 3), ("returned", 1)]
    standard(
        stage.partners["standard"],
        "LL0900000022",
        [(status, timedelta(days=days)) for status, days in steps],
        now=at,
    )
