"""Reads of the sales channels."""

from collections.abc import Mapping, Sequence

from market.channels.models import Channel
from market.common.kept import KeptRows


def _read(codes: Sequence[str]) -> Mapping[str, str]:
    return dict(Channel.objects.filter(code__in=codes).values_list("code", "currency"))


_currencies: KeptRows[str, str] = KeptRows(_read, seconds=30)


def currency_of(code: str) -> str:
    """Empty for a channel there is not. A channel's currency never changes while it has prices."""
    return _currencies.get([code]).get(code, "")
