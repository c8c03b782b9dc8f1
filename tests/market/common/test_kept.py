import pytest

from market.common.kept import Kept, KeptRows


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Seconds since the machine started; set the first to let time pass."""
    seconds = [1000.0]
    monkeypatch.setattr("market.common.kept.time.monotonic", lambda: seconds[0])
    return seconds


def test_value_is_read_once_until_its_seconds_are_over(clock: list[float]) -> None:
    values = iter("abc")
    kept = Kept(lambda: next(values), seconds=10)

    first, second = kept.get(), kept.get()
    clock[0] += 10
    later = kept.get()

    assert (first, second, later) == ("a", "a", "b")


def test_forgotten_value_is_read_again() -> None:
    values = iter("ab")
    kept = Kept(lambda: next(values), seconds=1000)
    before = kept.get()

    kept.forget()

    assert (before, kept.get()) == ("a", "b")


def test_rows_ask_only_for_what_is_not_known_yet_in_the_order_wanted() -> None:
    asked: list[list[str]] = []

    def read(keys: list[str]) -> dict[str, str]:
        asked.append(keys)
        return {key: key.upper() for key in keys if key != "gone"}

    rows = KeptRows(read, seconds=1000)
    rows.get(["b", "a"])

    found = rows.get(["a", "c", "a", "b"])

    assert list(found.items()) == [("a", "A"), ("c", "C"), ("b", "B")]
    assert asked == [["b", "a"], ["c"]]


def test_what_is_not_there_is_asked_for_again_and_fills_no_memory() -> None:
    there: dict[str, str] = {}
    rows = KeptRows(lambda keys: {key: there[key] for key in keys if key in there}, seconds=1000)
    before = rows.get(["new"])

    there["new"] = "row"

    assert (before, rows.get(["new"])) == ({}, {"new": "row"})


def test_rows_are_read_again_when_their_seconds_are_over(clock: list[float]) -> None:
    there = {"a": "old"}
    rows = KeptRows(lambda keys: {key: there[key] for key in keys}, seconds=30)
    rows.get(["a"])
    there["a"] = "new"

    still = rows.get(["a"])
    clock[0] += 30

    assert (still, rows.get(["a"])) == ({"a": "old"}, {"a": "new"})
