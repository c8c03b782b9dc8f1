import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orders.inbox.adapters import inbound_adapter, known_adapters
from orders.inbox.samples import read_folders
from orders.shipments.fold import MOVES, RANK, SETTLED, Folded, Scan, estimate, fold, fold_parcels

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


def test_fold_what_is_planned_or_estimated_moves_nothing() -> None:
    history = [scan(1, "picked_up"), scan(5, "delivered", classifier="EST"), scan(6, "delivered", classifier="PLN")]

    assert fold(history).status == "picked_up"


def test_fold_withdrawn_scan_counts_for_nothing() -> None:
    assert fold([scan(1, "in_transit"), scan(5, "delivered", is_withdrawn=True)]).status == "in_transit"


def test_fold_event_from_long_before_the_order_is_set_aside() -> None:
    old = T - timedelta(days=181)

    folded = fold([Scan("old", old, T, "delivered"), scan(1, "picked_up")], ordered_at=T)

    assert (folded.status, folded.aside) == ("picked_up", (("old", "ancient"),))


def test_fold_newest_version_of_an_event_counts_whichever_came_first() -> None:
    first = scan(9, "delivered", "k", version=T)
    second = scan(9, "delivery_attempted", "k", version=T + timedelta(hours=1))

    assert fold([first, second]).status == fold([second, first]).status == "delivery_attempted"


@pytest.mark.parametrize(
    ("before", "later", "status", "is_flagged"),
    [
        ("delivered", "out_for_delivery", "delivered", True),
        ("delivered", "returning", "returning", False),
        ("returned", "delivered", "returned", True),
        ("failed", "in_transit", "in_transit", False),
        ("cancelled", "in_transit", "in_transit", True),
        ("in_transit", "pre_transit", "in_transit", False),
        ("out_for_delivery", "picked_up", "out_for_delivery", True),
        ("out_for_delivery", "in_transit", "in_transit", False),
    ],
)
def test_fold_legal_moves_are_made_and_others_flagged(before: str, later: str, status: str, is_flagged: bool) -> None:
    folded = fold([scan(1, before), scan(60, later, "late")])

    assert folded.status == status
    assert ("status_conflict" in folded.flags) is is_flagged
    assert (("late", "conflict") in folded.aside) is (status == before)


@pytest.mark.parametrize("flag", sorted(SETTLED))
def test_fold_next_step_settles_what_was_in_the_way(flag: str) -> None:
    history = [scan(1, "in_transit"), scan(2, "", "f", flags=(flag,))]

    assert fold(history).flags == {flag}
    assert fold([*history, scan(3, "in_transit")]).flags == {flag}
    assert fold([*history, scan(4, "out_for_delivery")]).flags == frozenset()


def test_fold_damage_and_contradictions_stay() -> None:
    history = [scan(1, "in_transit", flags=("damaged",)), scan(2, "delivered"), scan(3, "out_for_delivery")]

    assert fold(history).flags == {"damaged", "status_conflict"}


def test_fold_release_by_customs_ends_the_hold() -> None:
    held = scan(1, "customs", flags=("held",), substatus="customs_hold")
    released = scan(2, "customs", substatus="customs_released")

    assert fold([held]).flags == {"held"}
    assert fold([held, released]).flags == set()


def parcel(name: str, hours: float, status: str) -> Scan:
    return scan(hours, status, f"{name}{status}", parcel=name)


def test_parcels_whole_is_where_the_last_one_is_and_each_stays_visible() -> None:
    journey = fold_parcels([parcel("a", 5, "delivered"), parcel("b", 4, "in_transit")], ["a", "b"])

    assert (journey.whole.status, journey.parcels["a"].status) == ("in_transit", "delivered")


def test_parcels_declared_but_never_heard_of_keeps_the_whole_from_being_delivered() -> None:
    assert fold_parcels([parcel("a", 5, "delivered")], ["a", "b"]).whole.status == "unknown"


def test_parcels_all_delivered_is_delivered_and_one_lost_is_not() -> None:
    two = [parcel("a", 5, "delivered"), parcel("b", 4, "delivered")]

    assert fold_parcels(two).whole.status == "delivered"
    assert fold_parcels([*two[:1], parcel("b", 4, "failed")]).whole.status == "failed"


@pytest.mark.parametrize("first", ["a", "b"])
def test_parcels_equally_far_the_one_that_came_last_decides_whatever_their_names(first: str) -> None:
    second = "ab".replace(first, "")
    history = [parcel(first, 1, "delivered"), parcel(second, 70, "in_transit"), parcel(second, 73, "delivered")]

    whole = fold_parcels(history).whole

    assert whole.status_at == T + timedelta(hours=73)
    assert [status for status, _ in whole.path] == ["in_transit", "delivered"]


def test_parcels_event_that_names_none_counts_for_all() -> None:
    journey = fold_parcels([scan(1, "customs"), parcel("a", 5, "delivered"), parcel("b", 2, "in_transit")])

    assert (journey.parcels["a"].status, journey.parcels["b"].status) == ("delivered", "in_transit")


def test_estimate_is_of_the_last_stop_and_the_newest_word() -> None:
    def expected(hours: float, stop: int, hour_told: int, classifier: str = "EST") -> Scan:
        told = T + timedelta(hours=hour_told)
        extra = {"classifier": classifier, "kind": "vessel_arrived", "sequence": stop, "version": told}
        return scan(hours, "in_transit", f"{hours}{stop}{hour_told}{classifier}", **extra)

    told = [expected(100, 3, 1, "PLN"), expected(110, 3, 5), expected(50, 2, 9), expected(90, 3, 2)]

    assert estimate(told) == T + timedelta(hours=110)
    assert estimate([scan(1, "delivered")]) is None


def test_estimate_of_two_copies_with_one_key_is_that_of_the_copy_that_counts() -> None:
    def arrival(hours: int, version: int, **extra: object) -> Scan:
        told = T + timedelta(hours=version)
        return scan(hours, "", "a", kind="vessel_arrived", classifier="EST", version=told, **extra)

    first, corrected, taken_back = arrival(50, 1), arrival(70, 2), arrival(70, 3, is_withdrawn=True)
    twins = [scan(hours, "", "b", kind="vessel_arrived", classifier="EST") for hours in (10, 20)]
    twins = [replace(twin, received_at=T) for twin in twins]

    assert estimate([corrected, first]) == corrected.occurred_at
    assert estimate([taken_back, first, corrected]) is None
    assert estimate(twins) == estimate(twins[::-1])


SAMPLES = Path(__file__).resolve().parents[2] / "data" / "carriers"


def sample_histories() -> list[tuple[str, list[Scan]]]:
    """Everything the recorded bodies of a partner say about one number."""
    found: dict[str, list[Scan]] = {}
    for folder in read_folders(SAMPLES, frozenset(known_adapters())):
        for sample in folder.samples:
            for report in inbound_adapter(sample.adapter).parse(sample.raw).reports:
                scans = found.setdefault(f"{sample.adapter} {report.tracking_number}", [])
                for event in report.events:
                    seen = event.occurred_at + timedelta(minutes=5)
                    scans.append(
                        Scan(
                            event.key,
                            event.occurred_at,
                            seen,
                            event.status,
                            event.substatus,
                            event.flags,
                            event.sequence,
                            event.classifier,
                            event.kind,
                            event.place,
                            report.parcel,
                            event.version,
                        )
                    )
    return sorted(found.items())


@pytest.mark.parametrize(("name", "history"), sample_histories())
def test_sample_history_any_order_and_repetition_gives_one_status_and_one_estimate(
    name: str, history: list[Scan]
) -> None:
    whole, expected = fold_parcels(history), estimate(history)

    for seed in range(60):
        order = random.Random(seed)
        shuffled = [*history, *order.choices(history, k=len(history))]
        order.shuffle(shuffled)
        assert (fold_parcels(shuffled), estimate(shuffled)) == (whole, expected)


wild = st.lists(
    st.builds(
        Scan,
        key=st.sampled_from([f"k{n}" for n in range(8)]),
        occurred_at=st.sampled_from([T + timedelta(hours=h) for h in (-5000, 0, 1, 1, 2, 30, 99)]),
        received_at=st.sampled_from([T + timedelta(hours=h) for h in (1, 31, 100)]),
        status=st.sampled_from([*RANK, ""]),
        substatus=st.sampled_from(["", "a"]),
        flags=st.sampled_from([(), ("held",), ("damaged", "delayed")]),
        sequence=st.integers(0, 2),
        classifier=st.sampled_from(["ACT", "ACT", "EST", "PLN"]),
        kind=st.sampled_from(["", "vessel_arrived"]),
        parcel=st.sampled_from(["", "", "p", "q"]),
        version=st.sampled_from([None, T, T + timedelta(hours=1)]),
        is_withdrawn=st.booleans(),
    ),
    max_size=10,
)


@given(wild, st.randoms(use_true_random=False))
def test_any_history_any_order_and_repetition_gives_the_same(history: list[Scan], order: random.Random) -> None:
    shuffled = [*history, *history[:4]]
    order.shuffle(shuffled)

    assert fold(shuffled, ordered_at=T) == fold(history, ordered_at=T)
    assert fold_parcels(shuffled, ["r"], ordered_at=T) == fold_parcels(history, ["r"], ordered_at=T)
    assert estimate(shuffled) == estimate(history)


@given(wild)
def test_any_history_moves_only_where_the_table_allows(history: list[Scan]) -> None:
    here = "unknown"
    for status, _ in fold(history).path:
        assert status in MOVES[here]
        here = status
    assert fold(history).status == here
