"""Reads of the sales channels."""

from collections.abc import Mapping, Sequence

from market.channels.models import Channel
from market.common.kept import Kept, KeptRows


def _read(codes: Sequence[str]) -> Mapping[str, Channel]:
    return {channel.code: channel for channel in Channel.objects.filter(code__in=codes)}


_channels: KeptRows[str, Channel] = KeptRows(_read, seconds=30)


def _read_export_code() -> str:
    exporting = Channel.objects.filter(kind=Channel.Kind.EXPORT, is_active=True)
    return exporting.values_list("code", flat=True).first() or ""


_export_code = Kept(_read_export_code, seconds=30)


def currency_of(code: str) -> str:
    """Empty for a channel there is not. A channel's currency never changes while it has prices."""
    channel = _channels.get([code]).get(code)
    return channel.currency if channel else ""


def is_export_channel(code: str) -> bool:
    channel = _channels.get([code]).get(code)
    return channel is not None and channel.is_export


def export_code() -> str:
    """The channel in which pages offer goods abroad; empty where the operator has switched export off, within half a
    minute."""
    return _export_code.get()
