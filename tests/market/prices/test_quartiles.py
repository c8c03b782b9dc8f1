from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from market.prices.quartiles import BandState, Quartiles, Vote, band_state, one_vote_each, quartiles_of

VOTES = st.lists(st.builds(Vote, st.sampled_from("甲乙丙丁戊"), st.decimals("0.5", "100", places=4)), min_size=1)


@pytest.mark.parametrize(
    ("prices", "band"),
    [
        (["10"], ("10", "10", "10")),
        (["10", "12"], ("10.5", "11", "11.5")),
        (["10", "11", "14"], ("10.5", "11", "12.5")),
        (["10", "11", "12", "13", "14"], ("11", "12", "13")),
    ],
)
def test_quartiles(prices: list[str], band: tuple[str, str, str]) -> None:
    assert quartiles_of([Decimal(price) for price in prices]) == Quartiles(*(Decimal(value) for value in band))


def test_quartiles_of_nothing() -> None:
    assert quartiles_of([]) is None


def test_source_votes_once_however_it_is_spelt() -> None:
    votes = [Vote("Point A", Decimal(10)), Vote("ｐoint  a", Decimal(20)), Vote("Point B", Decimal(12))]

    assert one_vote_each(votes) == [Decimal(12), Decimal(15)]


@pytest.mark.parametrize(
    ("sources", "state"), [(0, BandState.EMPTY), (1, BandState.TOO_FEW), (2, BandState.TOO_FEW), (3, BandState.PUBLIC)]
)
def test_band_state(sources: int, state: BandState) -> None:
    assert band_state(sources) == state


@given(VOTES)
def test_band_lies_between_its_votes(votes: list[Vote]) -> None:
    band = quartiles_of(one_vote_each(votes))

    assert band is not None
    prices = [vote.price for vote in votes]
    assert min(prices) <= band.p25 <= band.median <= band.p75 <= max(prices)


@given(VOTES, st.randoms())
def test_order_and_repetition_change_nothing(votes: list[Vote], chance: object) -> None:
    again = votes + votes
    chance.shuffle(again)  # type: ignore[attr-defined]

    assert one_vote_each(again) == one_vote_each(votes)
