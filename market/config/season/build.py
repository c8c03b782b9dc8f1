"""Build the sample season. Deterministic for a given time; a second run adds nothing."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction

from market.channels.models import Channel
from market.common.ids import repeatable_numbers
from market.config.season.admissions import admission
from market.config.season.attributes import define_attributes
from market.config.season.carriers import make_partners
from market.config.season.catalogue import Shelf, named, stock_catalogue
from market.config.season.certificates import certificates
from market.config.season.claims import claims
from market.config.season.crops import crops
from market.config.season.farms import Farm, base_farms, more_farms
from market.config.season.opinions import opinions
from market.config.season.payouts import payouts
from market.config.season.people import make_categories, make_people, make_units
from market.config.season.pictures import store_picture
from market.config.season.prices import make_places, prices
from market.config.season.recalls import recalls
from market.config.season.services import applications, make_services
from market.config.season.stage import Stage
from market.config.season.stories import stories
from market.config.season.timeline import Story, tell
from market.enterprises.models import Enterprise
from market.regions.models import OrgUnit
from orders.ledger.models import CommissionRule

BEGAN = timedelta(days=90)


def build_season(*, scale: int, now: datetime) -> int:
    """Returns how many enterprises were added. The base with its orders is one transaction, so that it is there or not;
    each further farm is one batch of its own, which keeps memory flat."""
    pictures = {crop.slug: store_picture(crop) for crop in crops().values()}
    with transaction.atomic():
        units, categories = make_units(), make_categories()
        channels = {channel.code: channel for channel in Channel.objects.all()}
        shelf = Shelf(categories, channels["domestic"], channels["export"], pictures)
        added = _base(units, shelf, now)
    for farm in more_farms(scale):
        with transaction.atomic():
            added += _one_more(farm, units[farm.unit], shelf, now)
    return added


def _base(units: dict[str, OrgUnit], shelf: Shelf, now: datetime) -> int:
    farms = base_farms()
    if Enterprise.objects.filter(credit_code=farms[0].credit_code).exists():
        return 0
    # Two per cent and six per cent tax on them: a plausible level, so that payouts show where the money went.
    CommissionRule.objects.create(rate=Decimal("0.02"), tax_rate=Decimal("0.06"))
    stage = Stage(now, make_people(units, since=now - BEGAN), make_partners(now - BEGAN))
    make_places(units, shelf.categories)
    define_attributes(shelf.categories, by=stage.people["officer"], now=now - BEGAN)
    make_services(units, by=stage.people["officer"], now=now - BEGAN)
    with repeatable_numbers("sample season"):
        tell(_everything(stage, units, shelf), until=now)
    return len(farms)


def _everything(stage: Stage, units: dict[str, OrgUnit], shelf: Shelf) -> Iterator[Story]:
    for farm in base_farms():
        yield admission(stage, farm, units[farm.unit], shelf)
    yield from certificates(stage)
    yield from stories(stage)
    yield from opinions(stage)
    yield from claims(stage)
    yield from recalls(stage)
    yield from payouts(stage)
    yield from prices(stage)
    yield from applications(stage)


def _one_more(farm: Farm, unit: OrgUnit, shelf: Shelf, now: datetime) -> int:
    if Enterprise.objects.filter(credit_code=farm.credit_code).exists():
        return 0
    enterprise = Enterprise.objects.create(
        number=f"E-SAMPLE-{farm.number:05}",
        credit_code=farm.credit_code,
        unit=unit,
        state=Enterprise.State.APPROVED,
        created_at=now - BEGAN,
        submitted_at=now - BEGAN,
        decided_at=now - BEGAN,
        **named(farm.names),
    )
    stock_catalogue(farm, enterprise, shelf, now=now, until=now)
    return 1
