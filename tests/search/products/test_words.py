"""What a process knows about words: loaded before anybody waits for it, renewed beside the requests."""

import threading
import time
from collections.abc import Callable

import pytest
from django.db import OperationalError

from search.products import words
from search.products.actions.count_words import count_words
from search.products.words import Kept, forget_words, load_words, search_vocabulary
from search.query.spelling import Deletions
from tests.builders import NOW, make_variant
from tests.search.products.test_search import ask, drain, ids


def wait_for(condition: Callable[[], bool]) -> None:
    pause = threading.Event()
    for _ in range(500):
        if condition():
            return
        pause.wait(0.01)
    raise AssertionError("it did not happen within five seconds")


@pytest.mark.django_db
def test_typing_error_after_the_start_costs_the_search_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    variant = make_variant()
    drain()
    count_words(NOW)
    forget_words()
    load_words()

    def never(words: object, most: int = 2) -> Deletions:
        raise AssertionError("built within a search")

    monkeypatch.setattr(Deletions, "of", never)
    answer = ask("ruoqianng")

    assert (ids(answer), answer.degraded) == ([variant.product_id], False)


@pytest.mark.django_db
def test_vocabulary_of_a_new_shop_is_ready_too(monkeypatch: pytest.MonkeyPatch) -> None:
    forget_words()

    assert "_deletions" in vars(search_vocabulary())


def test_newer_value_is_made_beside_the_requests(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    stamp, go_on = [1], threading.Event()
    made: list[int] = []

    def make() -> int:
        if made:
            go_on.wait(5)
        made.append(stamp[0])
        return stamp[0]

    kept = Kept(lambda: (stamp[0],), make)
    assert kept.get() == 1

    stamp[0], clock[0] = 2, 61.0
    assert [kept.get(), kept.get()] == [1, 1]
    clock[0] = 200.0
    assert kept.get() == 1  # still being made, and by one thread alone
    go_on.set()
    wait_for(lambda: kept.get() == 2)
    assert made == [1, 2]


def test_value_that_cannot_be_made_again_leaves_the_older_one(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: clock[0])
    tries: list[float] = []

    def make() -> str:
        tries.append(clock[0])
        if len(tries) == 2:
            raise OperationalError("gone")
        return f"value {len(tries)}"

    kept = Kept(lambda: (len(tries),), make)
    assert kept.get() == "value 1"

    for now in (61.0, 122.0):
        clock[0] = now
        kept.get()
        wait_for(lambda now=now: tries[-1] == now and not kept._mutex.locked())  # type: ignore[misc]

    assert kept.get() == "value 3"


def test_start_without_a_database_is_no_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def gone() -> tuple[object, ...]:
        raise OperationalError("not there yet")

    monkeypatch.setattr(words, "_concepts", Kept(gone, dict))

    load_words()
