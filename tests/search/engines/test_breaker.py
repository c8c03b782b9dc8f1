from typing import Any, cast

import pytest

from search.engines.base import (
    EngineAnswer,
    EngineError,
    EngineTimeout,
    FacetRequest,
    IndexMissing,
    SearchEngine,
    SearchRequest,
)
from search.engines.breaker import Breaker, Guarded, Served


class Clock:
    now = 1000.0

    def __call__(self) -> float:
        return self.now


class Engine:
    """Answers, or fails as it is told."""

    def __init__(self, code: str, error: Exception | None = None) -> None:
        self.code = code
        self.error = error
        self.calls = 0
        self.seconds: list[float | None] = []

    def search(self, request: SearchRequest) -> EngineAnswer:
        self.calls += 1
        self.seconds.append(request.seconds)
        if self.error is not None:
            raise self.error
        return EngineAnswer((), 0)


@pytest.fixture
def clock() -> Clock:
    return Clock()


def ask(guarded: Guarded) -> Served[EngineAnswer]:
    return guarded.run(lambda engine: engine.search(SearchRequest()))


def guard(clock: Clock, *engines: Engine, budget: float | None = None) -> Guarded:
    return Guarded(cast("list[SearchEngine]", list(engines)), clock=clock, budget=budget)


def test_first_engine_answers_and_nothing_is_degraded(clock: Clock) -> None:
    served = ask(guard(clock, Engine("main"), Engine("rows")))

    assert (served.engine, served.degraded, served.reason) == ("main", False, "")


@pytest.mark.parametrize(("error", "asked"), [(EngineError("away"), 5), (EngineTimeout("slow"), 3)])
def test_failures_open_it_and_the_fallback_says_so(clock: Clock, error: Exception, asked: int) -> None:
    main, rows = Engine("main", error), Engine("rows")
    guarded = guard(clock, main, rows)

    served = [ask(guarded) for _ in range(8)]

    assert main.calls == asked
    assert {(answer.engine, answer.degraded) for answer in served} == {("rows", True)}


def test_failures_spread_over_time_do_not_open_it(clock: Clock) -> None:
    main = Engine("main", EngineError("away"))
    guarded = guard(clock, main, Engine("rows"))

    for _ in range(20):
        ask(guarded)
        clock.now += 2.6

    assert main.calls == 20


def test_successes_between_do_not_hide_failures(clock: Clock) -> None:
    main = Engine("main")
    guarded = guard(clock, main, Engine("rows"))

    for _ in range(5):
        main.error = EngineError("every other one")
        ask(guarded)
        main.error = None
        ask(guarded)

    assert guarded.breaker.is_open


def test_probe_after_the_wait_closes_it(clock: Clock) -> None:
    main = Engine("main", EngineError("away"))
    guarded = guard(clock, main, Engine("rows"))
    for _ in range(5):
        ask(guarded)

    main.error = None
    clock.now += 14.9
    assert ask(guarded).engine == "rows"
    clock.now += 0.2
    assert ask(guarded).engine == "main"
    assert not guarded.breaker.is_open


def test_failed_probes_double_the_wait_up_to_five_minutes(clock: Clock) -> None:
    main = Engine("main", EngineError("away"))
    guarded = guard(clock, main, Engine("rows"))
    for _ in range(5):
        ask(guarded)

    waits = []
    for _ in range(7):
        begun, calls = clock.now, main.calls
        while main.calls == calls:
            clock.now += 1
            ask(guarded)
        waits.append(clock.now - begun)

    assert waits == [15, 30, 60, 120, 240, 300, 300]


def test_only_one_search_probes(clock: Clock) -> None:
    breaker = Breaker(clock)
    for _ in range(5):
        breaker.note_failure(is_timeout=False)
    clock.now += 15

    assert [breaker.may_try() for _ in range(3)] == [True, False, False]
    breaker.note_success()
    assert breaker.may_try()


def test_missing_index_goes_to_the_fallback_and_never_opens_it(clock: Clock) -> None:
    main = Engine("main", IndexMissing("none yet"))
    guarded = guard(clock, main, Engine("rows"))

    answers = [ask(guarded) for _ in range(10)]

    assert main.calls == 10
    assert "none yet" in answers[0].reason


def test_wrong_request_is_raised_and_not_counted_and_gives_the_probe_back(clock: Clock) -> None:
    main = Engine("main", EngineError("away"))
    guarded = guard(clock, main, Engine("rows"))
    for _ in range(5):
        ask(guarded)
    clock.now += 15
    main.error = ValueError("no such field")

    with pytest.raises(ValueError):
        ask(guarded)

    main.error = None
    assert ask(guarded).engine == "main"


def test_passes_stop_when_the_time_is_used_up(clock: Clock) -> None:
    main, rows = Engine("main"), Engine("rows")

    def passes(engine: SearchEngine) -> Any:
        for _ in range(3):
            engine.search(SearchRequest())
            clock.now += 0.5
        return "answer"

    served = guard(clock, main, rows, budget=0.8).run(passes)

    # The rows begin at 1.0 s and have until 1.4 s.
    assert (main.calls, rows.calls, served.engine, served.degraded) == (2, 1, "rows", True)


def test_each_pass_is_told_what_is_left(clock: Clock) -> None:
    main, rows = Engine("main"), Engine("rows")

    def passes(engine: SearchEngine) -> Any:
        for _ in range(3):
            engine.search(SearchRequest(size=7))
            clock.now += 0.3
        raise EngineError("a bad end")

    with pytest.raises(EngineError):
        guard(clock, main, rows, budget=0.8).run(passes)

    assert main.seconds == pytest.approx([0.8, 0.5, 0.2])
    assert rows.seconds == pytest.approx([0.4, 0.1])  # half the budget for who stands in
    guard(clock, main, rows).run(lambda engine: engine.search(SearchRequest()))
    assert main.seconds[-1] is None


def test_last_engine_finds_what_it_can_in_time_and_says_so(clock: Clock) -> None:
    rows = Engine("rows")

    def passes(engine: SearchEngine) -> list[EngineAnswer]:
        first = engine.search(SearchRequest())
        clock.now += 1
        return [first, engine.search(SearchRequest(facets=(FacetRequest("grade", "grade"),)))]

    served = guard(clock, rows, budget=0.8).run(passes)

    assert served.answer == [EngineAnswer((), 0), EngineAnswer((), 0, {"grade": ()})]
    assert (rows.calls, served.degraded, "used up" in served.reason) == (1, True, True)

    rows.error = EngineTimeout("no whole answer in time")
    served = guard(clock, rows, budget=0.8).run(passes)
    assert ([answer.total for answer in served.answer], served.degraded) == ([0, 0], True)


def test_failure_of_the_last_engine_is_raised(clock: Clock) -> None:
    with pytest.raises(EngineError):
        ask(guard(clock, Engine("main", EngineError("away")), Engine("rows", EngineError("away too"))))


def test_engine_that_costs_nothing_to_look_at_is_probed_every_fifteen_seconds(clock: Clock) -> None:
    breaker = Breaker(clock, longest_wait=15)
    for _ in range(5):
        breaker.note_failure(is_timeout=False)
    for _ in range(4):
        clock.now += 15.1
        assert breaker.may_try()
        breaker.note_failure(is_timeout=False)


def test_engine_that_goes_away_and_comes_back_is_two_lines_of_the_log(
    clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    main = Engine("main", EngineError("no connection"))
    guarded = guard(clock, main, Engine("rows"))
    for _ in range(40):
        ask(guarded)
        clock.now += 1
    main.error = None
    clock.now += 300
    for _ in range(3):
        ask(guarded)

    said = [record.getMessage() for record in caplog.records]
    assert said == [
        "search: main is left alone for a while after failures, the last one: no connection",
        "search: main answers again",
    ]
