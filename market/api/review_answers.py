"""What the API answers about reviews, as types."""

from datetime import datetime

from ninja import Schema


class AnswerSeen(Schema):
    """`changed_at`: when the seller last put it otherwise."""

    text: str
    at: datetime
    changed_at: datetime | None


class ReviewSeen(Schema):
    """`text` is plain text and may hold line breaks, `language` what it is written in. `signature`: the writer as
    everybody is shown them. `answer`: the seller's."""

    id: int
    product: int
    stars: int
    text: str
    language: str
    signature: str
    created_at: datetime
    changed_at: datetime | None
    answer: AnswerSeen | None


class ReviewList(Schema):
    """Newest first; `next` is the cursor of the page after this one."""

    items: list[ReviewSeen]
    next: str | None


class OwnReview(ReviewSeen):
    """`state`: shown, hidden by an officer (`hidden_reason` says why) or withdrawn. `can_change`: for 30 days."""

    state: str
    hidden_reason: str
    can_change: bool


class SellersReview(ReviewSeen):
    """`state`: shown or hidden by an officer; only shown ones can be answered."""

    order: str
    state: str


class SellersReviews(Schema):
    items: list[SellersReview]
    next: str | None
