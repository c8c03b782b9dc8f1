"""A recall of the season that is still open: one buyer has answered, the other has not."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from market.config.season.carriers import kuaidi100
from market.config.season.stage import Stage, order, orders_of, pay, ship
from market.config.season.timeline import Story
from orders.recalls.actions.follow_recall import answer_notice
from orders.recalls.actions.open_recall import open_recall
from orders.recalls.models import Recall, RecallNotice
from orders.shipments.models import ShipmentLine

SOLD = (("recalled-a", "bakery", "杭州", 2, "YL2100000031"), ("recalled-b", "trader", "广州", 3, "YL2100000032"))


def recalls(stage: Stage) -> Iterator[Story]:
    yield too_much_sulphur(stage)


def too_much_sulphur(stage: Stage) -> Story:
    yield (at := stage.day(10, "09:40"))
    sold = []
    for key, buyer, city, times, waybill in SOLD:
        purchase = order(stage, key, buyer, [(15, "wolfberry", 0, times)], at)
        pay(purchase, at := at + timedelta(minutes=4))
        sold.append((purchase, city, waybill))
    yield (at := stage.day(9, "10:30"))
    for purchase, _city, waybill in sold:
        ship(stage, orders_of(purchase)[0], waybill, at)
    yield (at := stage.day(6, "14:20"))
    for _purchase, city, waybill in sold:
        kuaidi100(stage.partners["kuaidi100"], waybill, city, scans=4, now=at)
    yield (at := stage.day(4, "11:15"))
    lot = ShipmentLine.objects.filter(shipment__waybill=SOLD[0][-1]).select_related("lot__enterprise__unit").get().lot
    reason = "抽检二氧化硫残留超过标准（样例）。"
    advice = "请停止食用和销售，单独存放，等待商家联系。"
    recall = open_recall(
        lot, severity=Recall.Severity.SECOND, reason=reason, advice=advice, by=stage.people["officer"], now=at
    )
    yield (at := stage.day(3, "08:50"))
    notice = recall.notices.get(seller_order__purchase=sold[0][0])
    left = (notice.weight / 2).quantize(Decimal("0.1"))
    words = "剩下的已封存，用掉的部分做成了面包，已下架。"
    answer_notice(notice, left=left, done=RecallNotice.Done.KEPT, words=words, by=stage.people["bakery"], now=at)
