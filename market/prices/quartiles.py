"""The band of a day out of its reports, one vote for each source, and what of it the public may see. Pure."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from statistics import median, quantiles
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from market.prices.units import round_price

PUBLIC_FROM: Final = 3


class BandState(models.TextChoices):
    PUBLIC = "public", _("published")
    TOO_FEW = "too_few", _("too few reports")
    EMPTY = "empty", _("no report stands")


@dataclass(frozen=True)
class Vote:
    """What a source said; `price` per kilogram."""

    reporter: str
    price: Decimal


@dataclass(frozen=True)
class Quartiles:
    p25: Decimal
    median: Decimal
    p75: Decimal


def source_key(reporter: str) -> str:
    """Two spellings of one name are one source."""
    return "".join(unicodedata.normalize("NFKC", reporter).casefold().split())


def one_vote_each(votes: Iterable[Vote]) -> list[Decimal]:
    """Rising. A source that reported twice is heard once, with the middle of what it said."""
    by_source: dict[str, list[Decimal]] = defaultdict(list)
    for vote in votes:
        by_source[source_key(vote.reporter)].append(vote.price)
    return sorted(median(prices) for prices in by_source.values())


def quartiles_of(prices: list[Decimal]) -> Quartiles | None:
    """By linear interpolation between the two prices a quartile falls between; None without prices."""
    if not prices:
        return None
    if len(prices) == 1:
        prices = prices * 2
    return Quartiles(*(round_price(value) for value in quantiles(prices, n=4, method="inclusive")))


def band_state(sources: int) -> BandState:
    """With less than three sources one of them could be reckoned back from the band."""
    if sources >= PUBLIC_FROM:
        return BandState.PUBLIC
    return BandState.TOO_FEW if sources else BandState.EMPTY
