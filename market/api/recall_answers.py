"""What the API answers about recalls, as types."""

from datetime import date, datetime
from typing import Any

from ninja import Schema

from market.common.quantity import plain
from orders.recalls.models import Recall, RecallNotice


class RecallSeen(Schema):
    """`severity`: 1 can do serious harm, 2 some, 3 little or none. `reason`, `advice` and `outcome` are plain text as
    they were written. `closed_at` null: open."""

    number: str
    product: int
    product_name: str
    seller: str
    lot: str
    harvested_from: date
    harvested_to: date
    severity: str
    reason: str
    advice: str
    opened_at: datetime
    closed_at: datetime | None
    outcome: str


class RecallList(Schema):
    """Newest first; `next` is the cursor of the page after this one."""

    items: list[RecallSeen]
    next: str | None


class OwnRecall(Schema):
    """Of goods of this order: `weight` kg were shipped. `left` (kg) and `done` as the buyer answered, empty before."""

    number: str
    product_name: str
    lot: str
    severity: str
    reason: str
    advice: str
    is_open: bool
    weight: str
    left: str
    done: str
    answered_at: datetime | None


def seen_recall(recall: Recall) -> dict[str, Any]:
    lot = recall.lot
    names = ("number", "severity", "reason", "advice", "opened_at", "closed_at", "outcome")
    return {name: getattr(recall, name) for name in names} | {
        "product": lot.product_id,
        "product_name": lot.product.name,
        "seller": recall.enterprise.name,
        "lot": lot.number,
        "harvested_from": lot.harvested_from,
        "harvested_to": lot.harvested_to,
    }


def seen_notice(notice: RecallNotice) -> dict[str, Any]:
    recall = notice.recall
    names = ("number", "severity", "reason", "advice", "is_open")
    return {name: getattr(recall, name) for name in names} | {
        "product_name": recall.lot.product.name,
        "lot": recall.lot.number,
        "weight": plain(notice.weight),
        "left": "" if notice.left is None else plain(notice.left),
        "done": notice.done,
        "answered_at": notice.answered_at,
    }
