from dataclasses import replace
from decimal import Decimal

from django.utils import translation

from market.storefront.templatetags.storefront import product_card
from search.products.answer import Card

CARD = Card(
    product_id=7,
    slug="grey-dates",
    name="灰枣",
    name_language="zh-hans",
    price=Decimal("60.00"),
    price_per_kg=Decimal("12.00"),
    currency="CNY",
    unit="XBX",
    net_kg=Decimal(5),
    moq=Decimal(2),
    seller_name="示范果业",
    seller_number="S1",
    origin_name="示范一团",
    thumbnail_url="/media/x.webp",
    grade="1",
    category_slug="jujube",
    in_stock=True,
    in_season=False,
)


def test_card_that_changed_is_drawn_anew() -> None:
    before = product_card(CARD)
    dearer, gone = replace(CARD, price_per_kg=Decimal("13.50")), replace(CARD, in_stock=False)

    assert "12" in before
    assert "13.5" in product_card(dearer)
    assert "13.5" not in product_card(CARD)
    assert product_card(gone) != before


def test_card_is_kept_for_each_language_and_place() -> None:
    with translation.override("ru"):
        russian = product_card(CARD)
    with translation.override("en"):
        english = product_card(CARD)

    assert 'lang="zh-Hans"' in english
    assert english != russian
    assert 'loading="lazy"' in english
    assert 'loading="lazy"' not in product_card(CARD, eager=True)
    assert "fetchpriority" in product_card(CARD, eager=True, first=True)


def test_name_of_a_seller_cannot_write_into_the_page() -> None:
    assert "<script>" not in product_card(replace(CARD, seller_name="<script>alert(1)</script>"))
