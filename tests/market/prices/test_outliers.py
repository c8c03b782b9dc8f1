from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.prices.outliers import Compared, History, Judgement, agrees, judge

DAY = date(2026, 11, 24)
PRICES = st.decimals("0.5", "100", places=2)


def days_before(day: date, prices: Iterable[str | Decimal], step: int = 1) -> list[tuple[date, Decimal]]:
    """The last of the prices stands on the day before."""
    told = list(prices)
    return [(day - timedelta(days=step * (len(told) - place)), Decimal(price)) for place, price in enumerate(told)]


@pytest.mark.parametrize(("mid", "is_held"), [("11.5", False), ("11.51", True), ("8.5", False), ("8.49", True)])
def test_steady_market_allows_fifteen_per_cent(mid: str, is_held: bool) -> None:
    history = History(days_before(DAY, ["10"] * 14))

    assert judge(Decimal(mid), DAY, history) == Judgement(is_held, Compared.DAYS, 14, Decimal(10), Decimal("1.5"))


def test_restless_market_allows_more() -> None:
    history = History(days_before(DAY, ["9", "11"] * 7))

    verdict = judge(Decimal("15.9"), DAY, history)

    assert (verdict.is_held, verdict.limit) == (False, Decimal("5.9304"))
    assert judge(Decimal("15.94"), DAY, history).is_held


def test_only_the_last_fourteen_days_count() -> None:
    history = History(days_before(DAY, ["5"] * 30 + ["10"] * 14))

    assert judge(Decimal(10), DAY, history) == Judgement(False, Compared.DAYS, 14, Decimal(10), Decimal("1.5"))


def test_day_itself_and_later_days_say_nothing() -> None:
    history = History([*days_before(DAY, ["10"] * 5), (DAY, Decimal(20)), (DAY + timedelta(days=1), Decimal(20))])

    assert judge(Decimal(20), DAY, history).is_held


def test_several_reports_of_a_day_are_one_day() -> None:
    history = History(days_before(DAY, ["10"] * 4) + days_before(DAY, ["10"] * 4))

    assert judge(Decimal(20), DAY, history) == Judgement(is_held=False, compared=Compared.NOTHING)


@pytest.mark.parametrize(("mid", "is_held"), [("10.5", False), ("14", True)])
def test_first_report_of_a_season_is_compared_with_the_last_one(mid: str, is_held: bool) -> None:
    last_season = days_before(date(2025, 12, 1), ["10"] * 14)
    end_of_it = days_before(date(2026, 3, 1), ["20"] * 14)

    verdict = judge(Decimal(mid), DAY, History(last_season + end_of_it))

    assert verdict == Judgement(is_held, Compared.SEASON, 14, Decimal(10), Decimal("1.5"))


def test_first_report_of_all_is_accepted_and_marked() -> None:
    assert judge(Decimal(10), DAY, History()) == Judgement(is_held=False, compared=Compared.NOTHING)


def test_leap_day_has_a_last_season() -> None:
    history = History(days_before(date(2027, 3, 5), ["10"] * 8))

    assert judge(Decimal(30), date(2028, 2, 29), history).compared == Compared.SEASON


def test_what_is_near_a_confirmed_price_is_not_held_again() -> None:
    jump = (DAY - timedelta(days=1), Decimal(20))
    history = History([*days_before(DAY, ["10"] * 13), jump], confirmed=[jump])

    assert judge(Decimal(21), DAY, history).compared == Compared.CONFIRMED
    assert not judge(Decimal(21), DAY, history).is_held
    assert judge(Decimal(24), DAY, history).is_held
    assert judge(Decimal(21), DAY + timedelta(days=14), history).is_held


def test_history_grows() -> None:
    history = History(days_before(DAY, ["10"] * 4))
    history.add(DAY, Decimal(10))

    assert judge(Decimal(20), DAY + timedelta(days=1), history).days == 5


@given(st.lists(PRICES, max_size=20), PRICES, st.sampled_from([Decimal("0.5"), Decimal(2), Decimal(10)]))
def test_verdict_does_not_depend_on_the_unit(prices: list[Decimal], mid: Decimal, factor: Decimal) -> None:
    told = judge(mid, DAY, History(days_before(DAY, prices)))
    in_other_unit = judge(mid * factor, DAY, History(days_before(DAY, [price * factor for price in prices])))

    assert in_other_unit.is_held == told.is_held


@given(st.lists(PRICES, min_size=5, max_size=20))
def test_median_itself_is_never_held(prices: list[Decimal]) -> None:
    history = History(days_before(DAY, prices))

    middle = judge(prices[-1], DAY, history).median
    assert middle is not None
    assert not judge(middle, DAY, history).is_held


@given(PRICES)
def test_agrees_with_itself(price: Decimal) -> None:
    assert agrees(price, price)
    assert not agrees(price * 2, price)
