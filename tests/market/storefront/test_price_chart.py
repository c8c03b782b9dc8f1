from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from market.prices.public import Figures, PublicBand
from market.storefront.price_chart import draw, season_before, thirteen_months

FIRST, LAST = date(2025, 11, 1), date(2026, 11, 24)


def band(day: date, price: str | None) -> PublicBand:
    if price is None:
        return PublicBand(day, None, ())
    middle = Decimal(price)
    return PublicBand(day, Figures(middle - 1, middle, middle + 1, 3), ("trader",))


def run(*prices: str | None, first: date = FIRST, step: int = 1) -> list[PublicBand]:
    return [band(first + timedelta(days=step * place), price) for place, price in enumerate(prices)]


def test_thirteen_months() -> None:
    assert thirteen_months(date(2026, 11, 24)) == (FIRST, LAST)
    assert thirteen_months(date(2028, 2, 29)) == (date(2027, 2, 1), date(2028, 2, 29))


def test_line_goes_from_left_to_right_and_up_with_the_price() -> None:
    chart = draw(run("10", "20"), [], FIRST, LAST)

    assert chart is not None
    assert chart.line == "M0,357 L3,61"
    assert chart.scale == [Decimal("22.05"), Decimal("15.3"), Decimal("8.55")]
    assert (chart.marks[0], chart.marks[-1]) == (FIRST, LAST)


def test_gap_stays_a_gap() -> None:
    far = run("10", "10", first=FIRST + timedelta(days=60))

    chart = draw(run("10", "10") + far, [], FIRST, LAST)

    assert chart is not None
    assert chart.line.count("M") == 2
    assert len(chart.areas) == 2


def test_days_with_too_few_reports_are_not_drawn() -> None:
    chart = draw(run("10", None, "10"), [], FIRST, LAST)

    assert chart is not None
    assert chart.line.count(",") == 2


def test_single_day_is_a_dot() -> None:
    chart = draw(run("10"), [], FIRST, LAST)

    assert chart is not None
    assert chart.line == "M0,207 L0,207"
    assert chart.areas == []


def test_last_season_lies_over_this_one() -> None:
    before = run("10", "10", first=season_before(FIRST))

    chart = draw(run("10", "10"), before, FIRST, LAST)

    assert chart is not None
    assert chart.thin == chart.line


def test_nothing_this_season_is_no_chart() -> None:
    assert draw(run(None), run("10"), FIRST, LAST) is None


@given(st.lists(st.decimals("1.5", "500", places=2), min_size=1, max_size=40))
def test_line_stays_in_its_field(prices: list[Decimal]) -> None:
    chart = draw(run(*(str(price) for price in prices), step=9), [], FIRST, LAST)

    assert chart is not None
    points = [point.lstrip("M").split(",") for point in chart.line.replace(" L", " ").split()]
    assert all(0 <= int(x) <= 1000 and 0 <= int(y) <= 400 for x, y in points)
