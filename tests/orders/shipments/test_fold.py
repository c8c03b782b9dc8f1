from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from orders.shipments.fold import RANK, Folded, Scan, fold

T = datetime(2026, 11, 1, tzinfo=UTC)


def scan(hours: float, status: str, key: str = "", **extra: object) -> Scan:
    moment = T + timedelta(hours=hours)
    return Scan(key or f"{status}@{hours}", moment, moment + timedelta(minutes=1), status, **extra)  # type: ignore[arg-type]


scans = st.lists(
    st.builds(
        lambda hour, status, key: scan(hour, status, f"k{key}"),
        st.integers(0, 40),
        st.sampled_from([*RANK, ""]),
        st.integers(0, 12),
    ),
    max_size=12,
)


@given(scans, st.randoms(use_true_random=False))
def test_fold_is_the_same_for_every_order_and_repetition(history: list[Scan], random: object) -> None:
    shuffled = [*history, *history[:3]]
    random.shuffle(shuffled)  # type: ignore[attr-defined]

    assert fold(shuffled) == fold(history)


def test_fold_delivered_before_collected_arrives() -> None:
    late = [scan(48, "delivered"), scan(2, "picked_up"), scan(20, "in_transit"), scan(48, "delivered")]

    assert fold(late).status == "delivered"


def test_fold_scan_after_delivery_is_flagged_and_changes_nothing() -> None:
    folded = fold([scan(10, "out_for_delivery"), scan(12, "delivered"), scan(13, "out_for_delivery")])

    assert (folded.status, folded.flags) == ("delivered", frozenset({"status_conflict"}))


def test_fold_lost_parcel_may_be_found() -> None:
    assert fold([scan(1, "in_transit"), scan(9, "failed"), scan(30, "delivered")]).status == "delivered"


def test_fold_same_second_the_higher_rank_is_later() -> None:
    assert fold([scan(5, "delivery_attempted"), scan(5, "out_for_delivery")]).status == "delivery_attempted"


def test_fold_far_future_is_ignored() -> None:
    assert fold([Scan("x", T + timedelta(days=3), T, "delivered")]) == Folded(aside=(("x", "future"),))
