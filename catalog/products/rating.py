"""What buyers' stars come to: the average that is shown, and the one a list is sorted by. Pure."""

from decimal import ROUND_HALF_UP, Decimal
from typing import Final

LEAST, MOST = 1, 5
PRIOR_STARS: Final = Decimal("3.5")
PRIOR_REVIEWS: Final = 5
TENTH = Decimal("0.1")


def average(count: int, stars: int) -> Decimal | None:
    """To one place, half up: what people are shown, and what “4 stars and more” is asked of. None without a review."""
    return (Decimal(stars) / count).quantize(TENTH, ROUND_HALF_UP) if count else None


def shrunk_average(count: int, stars: int) -> Decimal:
    """The Bayesian mean: (5 × 3.5 + sum of stars) / (5 + count), as if five people had given 3.5 stars before anybody
    did. One review of 5 stars makes 3.75, fifty of 4.8 on average make 4.68: few voices move it little."""
    return (PRIOR_REVIEWS * PRIOR_STARS + stars) / (PRIOR_REVIEWS + count)
