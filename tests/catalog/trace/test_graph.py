import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.trace.actions.record_event import record_event
from catalog.trace.graph import downstream_of, upstream_of
from catalog.trace.models import LotEdge, TracedLot, TraceEvent
from catalog.trace.reader import read_event
from tests.builders import make_enterprise
from tests.catalog.trace.documents import LATER, grading

pytestmark = pytest.mark.django_db


def make_event() -> TraceEvent:
    event = record_event(make_enterprise(), read_event(grading()), now=LATER)
    LotEdge.objects.all().delete()
    return event


def test_walk_goes_all_ways_and_ends_in_a_ring(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    """Rules keep rings out; a walk ends even so."""
    event = make_event()
    lots = [TracedLot.objects.create(enterprise=event.enterprise, uri=f"x:{place}") for place in range(5)]
    ways = [(0, 1), (0, 2), (1, 3), (2, 3), (3, 4), (4, 1)]
    LotEdge.objects.bulk_create(LotEdge(parent=lots[a], child=lots[b], event=event) for a, b in ways)

    with django_assert_num_queries(2):
        down, up = downstream_of([lots[0].pk]), upstream_of([lots[2].pk])

    assert down == [lot.pk for lot in lots[1:]]
    assert up == [lots[0].pk]
    assert set(upstream_of([lots[4].pk])) == {lot.pk for lot in lots}


def test_walk_from_nothing_asks_nothing(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    with django_assert_num_queries(0):
        assert downstream_of([]) == []
