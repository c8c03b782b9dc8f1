from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.products.rating import PRIOR_STARS, average, shrunk_average


@pytest.mark.parametrize(
    ("count", "stars", "shown"), [(0, 0, None), (1, 5, "5.0"), (3, 14, "4.7"), (20, 79, "4.0"), (20, 77, "3.9")]
)
def test_average_is_shown_to_one_place_half_up(count: int, stars: int, shown: str | None) -> None:
    assert average(count, stars) == (None if shown is None else Decimal(shown))


def test_one_review_of_five_stars_does_not_beat_fifty_of_four_point_eight() -> None:
    assert shrunk_average(1, 5) == Decimal("3.75")
    assert shrunk_average(50, 240) > shrunk_average(3, 15) > shrunk_average(1, 5)


@given(st.integers(1, 10**6), st.data())
def test_shrunk_average_lies_between_the_prior_and_the_average(count: int, data: st.DataObject) -> None:
    stars = data.draw(st.integers(count, 5 * count))
    mean = Decimal(stars) / count

    assert min(mean, PRIOR_STARS) <= shrunk_average(count, stars) <= max(mean, PRIOR_STARS)
