"""What buyers of the season say about what they were delivered, what sellers answer, and one an officer has hidden."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from market.config.season.stage import Stage
from market.config.season.timeline import Story
from orders.orders.models import SellerOrder
from orders.reviews.actions.answer_review import answer_review
from orders.reviews.actions.decide_review import hide_review
from orders.reviews.actions.write_review import Opinion, write_review


@dataclass(frozen=True)
class Said:
    """About a line of the order with this key, so many days ago. `hidden`: the officer's reason."""

    order: str
    line: int
    buyer: str
    day: int
    clock: str
    stars: int
    text: str
    answer: str = ""
    hidden: str = ""


SAID = (
    Said(
        "accepted",
        1,
        "buyer",
        15,
        "20:40",
        5,
        "个头均匀，肉厚核小，没有虫眼。\n箱内有检测报告和批次二维码，扫出来和实物一致。",
        "谢谢信任。这批是十月中旬采收的，请放在阴凉干燥处保存。",
    ),
    Said("accepted", 2, "buyer", 15, "20:55", 4, "壳薄好剥，仁很香。有几个壳裂了，不影响吃。"),
    Said(
        "clock",
        1,
        "canteen",
        6,
        "09:10",
        3,
        "口感不错，但路上温度超了两次，靠箱边的几个发软，食堂挑出来约 3%。",
        "抱歉，承运方已经说明情况，下一车我们改用全程温控并在箱内放记录仪。",
    ),
    Said("clock", 2, "canteen", 6, "09:20", 4, "水分足，学生喜欢。"),
    Said("delivered", 1, "buyer", 2, "21:05", 5, "Sweet and clean, no stalks. Exactly the grade that was described."),
    Said(
        "delivered",
        2,
        "buyer",
        2,
        "21:15",
        1,
        "加我微信 sample-000，给你便宜一半的货源。",
        hidden="评价内容是广告和联系方式，与商品无关。",
    ),
)


def opinions(stage: Stage) -> Iterator[Story]:
    for said in SAID:
        yield _opinion(stage, said)


def _opinion(stage: Stage, said: Said) -> Story:
    yield (at := stage.day(said.day, said.clock))
    orders = SellerOrder.objects.select_related("enterprise", "purchase")
    order = orders.get(purchase__idempotency_key=f"season-{said.order}")
    line = order.lines.select_related("variant").get(position=said.line)
    opinion = Opinion(said.stars, said.text)
    review = write_review(order, line.variant.product_id, opinion, by=stage.people[said.buyer], now=at)
    yield (at := at + timedelta(hours=14))
    if said.answer:
        answer_review(review, said.answer, by=order.enterprise.members.get().user, now=at)
    if said.hidden:
        hide_review(review, reason=said.hidden, by=stage.people["officer"], now=at)
