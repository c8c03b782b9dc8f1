"""Recalls: everybody reads them, a buyer's program says what is left."""

from decimal import Decimal
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import Field

from market.api.access import caller
from market.api.buying import purchase_of
from market.api.paging import page_after
from market.api.recall_answers import OwnRecall, RecallList, seen_notice, seen_recall
from market.common.clock import read_clock
from market.common.errors import NotFound
from orders.recalls.actions.follow_recall import answer_notice
from orders.recalls.models import RecallNotice
from orders.recalls.queries import public_recalls

router = Router(tags=["recalls"])


class RecallAnswerIn(Schema):
    """`left`: kg that were still there, 0 with `done` nothing."""

    left: Decimal
    done: Literal["kept", "destroyed", "returned", "nothing"]
    words: str = Field("", max_length=300)


@router.get("/recalls", url_name="recalls", response=RecallList)
def list_recalls(
    request: HttpRequest, page_size: Annotated[int, Field(ge=1, le=100)] = 24, cursor: str = ""
) -> dict[str, Any]:
    """Open ones, and what was closed within half a year."""
    page, more = page_after(public_recalls(read_clock()).order_by("-pk"), cursor, page_size)
    return {"items": [seen_recall(row) for row in page], "next": more}


@router.put("/purchases/{number}/recalls/{recall_number}", url_name="recall_answer", response=OwnRecall)
def put_recall_answer(request: HttpRequest, number: str, recall_number: str, body: RecallAnswerIn) -> dict[str, Any]:
    """Says what is left of recalled goods and what was done with it; another answer takes its place while the recall is
    open (else 409 `recall_closed`)."""
    purchase = purchase_of(request, number)
    rows = RecallNotice.objects.select_related("recall__lot__product")
    notice = rows.filter(seller_order__purchase=purchase, recall__number=recall_number).first()
    if notice is None:
        raise NotFound()
    by, now = caller(request), read_clock()
    row = answer_notice(notice, left=body.left, done=body.done, words=body.words, by=by, now=now)
    return seen_notice(rows.get(pk=row.pk))
