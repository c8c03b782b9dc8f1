from datetime import UTC, datetime

import pytest
from stdnum.cn import uscc

from catalog.products.models import Product
from market.config.season.build import build_season
from market.enterprises.models import Enterprise
from market.regions.models import OrgUnit

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.django_db
def test_build_season_twice_adds_nothing_the_second_time() -> None:
    added = build_season(scale=1, now=NOW), build_season(scale=1, now=NOW)

    assert added == (20, 0)
    assert Product.objects.published().count() == 300
    assert OrgUnit.objects.filter(level=OrgUnit.Level.REGIMENT).count() == 3
    assert all(uscc.is_valid(code) for code in Enterprise.objects.values_list("credit_code", flat=True))
