import random
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.shipments.temperature import GAP, MOST_SPANS, Excursion, Limits, Log, Measured, read_log

T = datetime(2026, 11, 1, tzinfo=UTC)
COLD = Limits(0, 4)


def reading(minutes: float, celsius: str, sensor: str = "", parcel: str = "", late: float = 1) -> Measured:
    at = T + timedelta(minutes=minutes)
    return Measured(parcel, sensor, at, Decimal(celsius), at + timedelta(minutes=late))


def excursions(limits: Limits, *readings: Measured) -> list[tuple[int, int, str]]:
    """Minutes from and to, peak."""
    found = read_log(readings, limits).excursions
    return [(_minutes(one.begins), _minutes(one.ends), str(one.peak)) for one in found]


def _minutes(at: datetime) -> int:
    return int((at - T).total_seconds() // 60)


tenths = st.integers(-30, 90).map(lambda tenth: str(Decimal(tenth) / 10))
readings = st.lists(
    st.builds(
        reading,
        st.integers(0, 40).map(lambda step: step * 20),
        tenths,
        st.sampled_from(["", "A"]),
        st.sampled_from(["", "P1"]),
        st.sampled_from([1, -60 * 23, -60 * 25]),
    ),
    max_size=25,
)
limits = st.sampled_from([COLD, Limits(None, 4), Limits(0, None), Limits(2, 2), Limits()])


@given(readings, limits, st.randoms(use_true_random=False))
def test_log_is_the_same_for_every_order_and_repetition(
    told: list[Measured], agreed: Limits, chance: random.Random
) -> None:
    shuffled = [*told, *told[:5]]
    chance.shuffle(shuffled)

    assert read_log(shuffled, agreed) == read_log(told, agreed)


@given(readings, limits)
def test_excursions_hold_every_instant_outside_once_and_none_inside(told: list[Measured], agreed: Limits) -> None:
    log = read_log(told, agreed)

    counted = {(m.parcel, m.sensor, m.at, m.celsius) for m in told if m.at <= m.received_at + timedelta(hours=24)}
    outside = {(parcel, sensor, at) for parcel, sensor, at, celsius in counted if agreed.excess(celsius)}
    assert sum(one.readings for one in log.excursions) == len(outside)
    for parcel, sensor, at in outside:
        holding = [
            one
            for one in log.excursions
            if (one.parcel, one.sensor) == (parcel, sensor) and one.begins <= at <= one.ends
        ]
        assert len(holding) == 1
    for parcel, sensor, at, _celsius in counted:
        if (parcel, sensor, at) not in outside:
            assert not any(
                one.begins <= at <= one.ends for one in log.excursions if (one.parcel, one.sensor) == (parcel, sensor)
            )
    for one in log.excursions:
        assert agreed.excess(one.peak) != 0
        assert one.ends - one.begins <= GAP * (one.readings - 1)


@given(readings, limits, st.integers(0, 25))
def test_what_comes_later_never_takes_an_excursion_back(told: list[Measured], agreed: Limits, first: int) -> None:
    early, all_told = read_log(told[:first], agreed), read_log(told, agreed)

    if early.excursions:
        assert all_told.excursions
        assert all_told.excursions[0].begins <= early.excursions[0].begins


def test_stretch_outside_is_one_excursion_with_its_peak() -> None:
    told = [reading(0, "3"), reading(10, "4.5"), reading(20, "7.25"), reading(30, "5"), reading(40, "4")]

    log = read_log(told, COLD)

    assert log.excursions == (
        Excursion(
            "", "", T + timedelta(minutes=10), T + timedelta(minutes=30), Decimal("7.25"), readings=3, is_warm=True
        ),
    )
    assert (log.readings, log.lowest, log.highest) == (5, Decimal(3), Decimal("7.25"))


def test_ends_of_the_range_are_inside() -> None:
    assert excursions(COLD, reading(0, "0"), reading(5, "4"), reading(9, "-0.01"), reading(12, "4.01")) == [
        (9, 9, "-0.01"),
        (12, 12, "4.01"),
    ]


def test_reading_inside_parts_two_excursions() -> None:
    assert excursions(COLD, reading(0, "9"), reading(10, "2"), reading(20, "8")) == [(0, 0, "9"), (20, 20, "8")]


def test_late_reading_inside_parts_what_was_one() -> None:
    hour, two = reading(0, "9"), reading(20, "8")

    assert excursions(COLD, two, hour) == [(0, 20, "9")]
    assert excursions(COLD, two, hour, reading(10, "2", late=9_000)) == [(0, 0, "9"), (20, 20, "8")]


def test_longer_silence_than_the_gap_joins_nothing() -> None:
    near, far = GAP.total_seconds() / 60, GAP.total_seconds() / 60 + 1

    assert excursions(COLD, reading(0, "9"), reading(near, "8")) == [(0, 120, "9")]
    assert excursions(COLD, reading(0, "9"), reading(far, "8")) == [(0, 0, "9"), (121, 121, "8")]


def test_too_warm_straight_to_too_cold_are_two() -> None:
    assert excursions(COLD, reading(0, "9"), reading(5, "-2"), reading(6, "-1")) == [(0, 0, "9"), (5, 6, "-2")]


def test_each_logger_and_parcel_counts_by_itself() -> None:
    told = [reading(0, "9", "A"), reading(5, "2", "B"), reading(10, "8", "A"), reading(10, "8", "A", "P1")]

    assert excursions(COLD, *told) == [(0, 10, "9"), (10, 10, "8")]


def test_of_two_readings_at_one_instant_the_worse_counts() -> None:
    assert excursions(COLD, reading(0, "9"), reading(5, "2"), reading(5, "5"), reading(9, "6")) == [(0, 9, "9")]
    assert excursions(COLD, reading(0, "-1"), reading(0, "2")) == [(0, 0, "-1")]


def test_reading_after_the_end_of_its_journey_does_not_count() -> None:
    told = [reading(10, "3"), reading(11, "9"), reading(11, "9", parcel="P1"), reading(13, "9", parcel="P1")]
    ended = {"": T + timedelta(minutes=10), "P1": T + timedelta(minutes=12)}

    log = read_log(told, COLD, ended=ended)

    assert (log.readings, [one.parcel for one in log.excursions]) == (2, ["P1"])


def test_without_a_range_nothing_is_claimed() -> None:
    log = read_log([reading(0, "40")], Limits())

    assert (log.readings, log.highest, log.excursions) == (1, Decimal(40), ())


def test_one_open_end() -> None:
    assert excursions(Limits(None, -18), reading(0, "-25"), reading(5, "-17.9")) == [(5, 5, "-17.9")]


def test_no_reading_is_an_empty_log() -> None:
    assert read_log([], COLD) == Log()


def test_reading_from_the_far_future_or_long_before_the_order_is_not_believed() -> None:
    future = Measured("", "", T + timedelta(hours=25), Decimal(9), T)
    ancient = Measured("", "", T - timedelta(days=181), Decimal(9), T)

    assert read_log([future, ancient], COLD, ordered_at=T) == Log()


def test_reading_told_again_when_its_time_had_come_is_believed() -> None:
    early = Measured("", "", T + timedelta(hours=25), Decimal(9), T)
    again = Measured("", "", T + timedelta(hours=25), Decimal(9), T + timedelta(hours=2))

    assert read_log([early, again], COLD) == read_log([again, early], COLD)
    assert read_log([early, again], COLD).readings == 1


@given(st.lists(st.tuples(st.integers(0, 10**6), tenths), min_size=1, max_size=60))
def test_spans_are_few_in_order_and_keep_both_extremes(points: list[tuple[int, str]]) -> None:
    log = read_log([reading(minutes, celsius) for minutes, celsius in points], COLD)

    assert 1 <= len(log.spans) <= MOST_SPANS
    assert [span.begins for span in log.spans] == sorted({span.begins for span in log.spans})
    assert min(span.lowest for span in log.spans) == log.lowest
    assert max(span.highest for span in log.spans) == log.highest


@pytest.mark.parametrize(
    ("agreed", "field"),
    [
        (Limits(-61, None), "temperature_from"),
        (Limits(None, 61), "temperature_to"),
        (Limits(5, 4), "temperature_to"),
    ],
)
def test_range_that_cannot_be_is_refused_at_its_field(agreed: Limits, field: str) -> None:
    assert list(agreed.problems()) == [field]
    assert COLD.problems() == Limits().problems() == {}
