"""Reads of the organisation tree."""

from collections.abc import Iterable, Mapping, Sequence

from market.common.kept import KeptRows
from market.regions.models import OrgUnit


def _read(codes: Sequence[str]) -> Mapping[str, OrgUnit]:
    return {unit.code: unit for unit in OrgUnit.objects.filter(code__in=codes)}


_units: KeptRows[str, OrgUnit] = KeptRows(_read, seconds=30)


def units_by_code(codes: Iterable[str]) -> dict[str, OrgUnit]:
    """For their names and levels: a change shows within half a minute. What a person may see is never decided by it."""
    return _units.get(codes)
