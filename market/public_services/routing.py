"""Who decides a case: the first row of the version's routing that fits, level by level up the organisation tree."""

from collections.abc import Mapping
from dataclasses import dataclass

from market.common.tree import paths_down_to
from market.enterprises.models import Enterprise
from market.public_services.models import Application, Step
from market.public_services.schema import Route, organisation_kind
from market.public_services.states import LEVELS
from market.regions.models import OrgUnit


@dataclass(frozen=True)
class Desk:
    """`skipped_for` empty: this level decides."""

    level: str
    unit: OrgUnit | None
    skipped_for: str


def route_of(application: Application) -> Route:
    """A published version has one for everybody: its last row."""
    kind = organisation_kind(application.enterprise.credit_code)
    return next(route for route in application.version.routes if route.fits(application.amount, kind))


def units_above(enterprise: Enterprise) -> Mapping[str, OrgUnit]:
    """By level, the enterprise's own unit included. One statement."""
    units = OrgUnit.objects.filter(path__in=paths_down_to(enterprise.unit.path), closed_at=None)
    return {unit.level: unit for unit in units}


def desks_of(application: Application) -> list[Desk]:
    """All three levels, lowest first. Where the enterprise has no unit of any level of its route above it, the office
    that offers the service decides."""
    route, units = route_of(application), units_above(application.enterprise)
    desks = [_desk(level, units.get(level), route) for level in LEVELS]
    if all(desk.skipped_for for desk in desks):
        office = application.version.item.unit
        desks = [Desk(office.level, office, "") if desk.level == office.level else desk for desk in desks]
    return desks


def _desk(level: str, unit: OrgUnit | None, route: Route) -> Desk:
    if level not in route.levels:
        return Desk(level, unit, Step.Skipped.NOT_ROUTED)
    return Desk(level, unit, "" if unit else Step.Skipped.NO_UNIT)
