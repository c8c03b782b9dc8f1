"""Stories told in the order of time, so that every number, event and audit row stands after what happened before it."""

import heapq
from collections.abc import Iterable, Iterator
from datetime import datetime, time, timedelta
from itertools import count

from django.utils import timezone

from market.common.deadlines.actions import run_due_deadlines
from orders.actions.fold_logs import fold_logs
from orders.actions.refund_payment import send_refund
from orders.payments.models import Refund

Story = Iterator[datetime]
"""A story yields when it goes on; what follows a `yield` happens then."""


def tell(stories: Iterable[Story], *, until: datetime) -> None:
    """Runs all stories to their ends; before each step the worker's clocks run as they would have."""
    order = count()
    waiting: list[tuple[datetime, int, Story]] = []
    for story in stories:
        _wait(waiting, story, next(order))
    while waiting:
        when, place, story = heapq.heappop(waiting)
        _work(when)
        _wait(waiting, story, place)
    _work(until)


def _wait(waiting: list[tuple[datetime, int, Story]], story: Story, place: int) -> None:
    when = next(story, None)
    if when is not None:
        heapq.heappush(waiting, (when, place, story))


def _work(when: datetime) -> None:
    run_due_deadlines(when)
    fold_logs(when)
    for refund in Refund.objects.select_related("payment").filter(state=Refund.State.PENDING, provider_ref=""):
        send_refund(refund, now=when)


def days_before(now: datetime, days: int, clock: str) -> datetime:
    """That many days ago at this time of day, Beijing time."""
    hour, minute = clock.split(":")
    day = timezone.localdate(now) - timedelta(days=days)
    return timezone.make_aware(datetime.combine(day, time(int(hour), int(minute))))
