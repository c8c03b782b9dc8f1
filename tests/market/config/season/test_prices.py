from datetime import datetime, timedelta

import pytest
from django.utils.timezone import localdate

from market.common.outbox.models import OutboxEvent
from market.prices.actions.compute_bands import compute_bands
from market.prices.models import PricePlace, PriceReport
from market.prices.public import bands_of, lines_of, newest_of_all
from market.storefront.price_chart import season_before

pytestmark = pytest.mark.django_db


def test_few_goods_have_two_seasons_of_prices_told_by_several(season: datetime) -> None:
    compute_bands(list(OutboxEvent.objects.filter(topic="prices.changed")), season)
    today = localdate(season)

    found = {one.commodity.slug: one for one in newest_of_all(today)}

    assert set(found) == {"grey-jujube", "walnut", "hami-melon", "pear"}
    assert found["pear"].band is None  # two reporters only: too few
    jujube = found["grey-jujube"]
    (line,) = lines_of(jujube.commodity, today)
    days = [band.day for band in bands_of(line.series, today - timedelta(days=760), today) if band.figures]
    assert any(day > today - timedelta(days=30) for day in days)
    assert any(day < season_before(today) for day in days)


def test_one_is_held_and_one_is_a_draft(season: datetime) -> None:
    held, draft = PriceReport.objects.get(state="held"), PriceReport.objects.get(state="draft")

    assert (held.commodity.slug, draft.commodity.slug) == ("grey-jujube", "walnut")


def test_every_name_says_that_it_is_an_example(season: datetime) -> None:
    names = [
        *PriceReport.objects.values_list("reporter", flat=True),
        *PricePlace.objects.values_list("name_zh", flat=True),
    ]

    assert all("样例" in name for name in names)
