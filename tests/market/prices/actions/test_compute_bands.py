from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from market.common.outbox.models import OutboxEvent
from market.prices.actions.compute_bands import compute_bands
from market.prices.models import PriceBand
from tests.builders import NOW, make_officer
from tests.market.prices.scenes import bands, make_place, report

pytestmark = pytest.mark.django_db


def test_three_sources_make_a_public_band() -> None:
    place = make_place()
    for mid, reporter in [("10", "甲"), ("10.4", "乙"), ("11", "丙")]:
        report(place, mid, reporter=reporter)

    (band,) = bands()

    assert (band.p25, band.median, band.p75) == (Decimal("10.2"), Decimal("10.4"), Decimal("10.7"))
    assert (band.state, band.sources, band.kinds, band.rule_version) == ("public", 3, ["trader"], 1)


def test_event_told_twice_writes_once() -> None:
    report(make_place())
    events = list(OutboxEvent.objects.all())

    compute_bands(events, NOW)
    compute_bands(events, NOW)

    assert PriceBand.objects.count() == 1


def test_what_was_known_before_stays() -> None:
    place = make_place()
    report(place, reporter="甲")
    bands()
    later = NOW + timedelta(hours=1)
    report(place, "11", reporter="乙")

    compute_bands(list(OutboxEvent.objects.filter(done_at=None)), later)

    old, new = PriceBand.objects.order_by("pk")
    assert (old.sources, old.known_from, old.known_to) == (1, NOW, later)
    assert (new.sources, new.known_from, new.known_to) == (2, later, None)


def test_many_days_take_the_statements_of_one() -> None:
    counts = []
    for days in (1, 30):
        place, events = make_place(f"p{days}"), OutboxEvent.objects.filter(done_at=None)
        officer = make_officer(place.unit)
        for ago in range(days):
            report(place, by=officer, days_ago=ago)
        waiting = list(events)
        with CaptureQueriesContext(connection) as queries:
            compute_bands(waiting, NOW)
        counts.append(len(queries))
        events.update(done_at=NOW)

    assert counts[0] == counts[1]
