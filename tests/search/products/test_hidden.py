"""What an officer hides from every list is in none of them, and a name goes from the suggestions with its product."""

from datetime import timedelta

import pytest
from django.test import Client

from catalog.products.actions.publish_product import withdraw_product
from catalog.products.models import Variant
from market.common.kept import forget_kept
from market.common.outbox.drain import drain_outbox
from market.common.outbox.models import OutboxEvent
from orders.orders.models import SellerOrder
from search.products.actions.count_words import are_words_old, count_words
from search.products.actions.keep_choices import hide_product
from search.products.models import HiddenHit
from search.products.newest import newest_cards
from search.products.queries import cards_of, suggest
from search.products.tasks import index_related
from tests.builders import NOW, make_category, make_enterprise, make_officer, make_regiment, make_variant
from tests.market.storefront.shop import ordered, product_url
from tests.search.products.test_search import ask, counts, drain, ids

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(minutes=5)


def hide(variant: Variant, text: str = "") -> None:
    hide_product(variant.product, text, reason="recall", by=make_officer(make_regiment()), now=LATER)


def test_hidden_product_is_in_no_list_of_shop_or_api(client: Client) -> None:
    hidden = make_variant(name_zh="秘密枣")
    shown = make_variant()
    drain()
    client.get("/en/")  # the choice of the window is kept from here on
    hide(hidden)

    listed = [item["id"] for item in client.get("/api/v1/products").json()["items"]]
    home = client.get("/en/").content.decode()
    forget_kept()
    later = client.get("/en/").content.decode()
    answer = ask("", with_facets=True)

    assert listed == [shown.product_id]
    assert [card.product_id for card in newest_cards("domestic", "en", size=9)] == [shown.product_id]
    numbers = [hidden.product_id, shown.product_id]
    assert [card.product_id for card in cards_of(numbers, channel="domestic", language="en")] == [shown.product_id]
    for page in (home, later):
        assert product_url(hidden) not in page
        assert product_url(shown) in page
    assert (ids(answer), answer.total, counts(answer, "category")) == ([shown.product_id], 1, {"jujube": 1})
    seller = client.get(f"/en/s/{hidden.product.enterprise.number}/").content.decode()
    assert product_url(hidden) not in seller
    assert client.get(product_url(hidden)).status_code == 200


def test_hidden_product_is_not_among_what_others_order(client: Client) -> None:
    hidden = make_variant()
    drain()
    ordered(client, hidden)
    SellerOrder.objects.update(state="awaiting_seller")
    assert product_url(hidden) in client.get("/en/search/?q=zzzzqqqq").content.decode()

    hide(hidden)

    assert product_url(hidden) not in client.get("/en/search/?q=zzzzqqqq").content.decode()


def test_hidden_for_one_query_stays_in_the_other_lists(client: Client) -> None:
    variant = make_variant()
    drain()

    hide(variant, "灰枣")

    assert ids(ask("灰枣")) == []
    assert [item["id"] for item in client.get("/api/v1/products").json()["items"]] == [variant.product_id]


def test_name_that_is_hidden_is_counted_out_at_the_next_look() -> None:
    hidden = make_variant(name_zh="秘密枣", category=make_category("walnut"))
    make_variant()
    drain()
    count_words(NOW)
    assert [one.text for one in suggest("秘密")] == ["秘密枣"]
    assert not are_words_old(LATER)

    hide(hidden)

    assert are_words_old(LATER)
    count_words(LATER)
    assert not are_words_old(LATER)
    assert suggest("秘密") == ()
    assert [one for one in suggest("核桃") if one.kind == "category"] == []
    HiddenHit.objects.all().delete()
    count_words(LATER)
    assert [one.text for one in suggest("秘密")] == ["秘密枣"]


def test_names_of_withdrawn_and_suspended_goods_go_at_the_next_count() -> None:
    withdrawn = make_variant(name_zh="秘密枣")
    enterprise = make_enterprise()
    make_variant(enterprise=enterprise, name_zh="停售瓜")
    drain()
    count_words(NOW)
    assert suggest("停售")

    withdraw_product(withdrawn.product, now=NOW)
    type(enterprise).objects.filter(pk=enterprise.pk).update(state="suspended")
    drain_outbox(NOW)
    assert not are_words_old(LATER)
    index_related([outbox_event(enterprise.pk)], NOW)
    assert are_words_old(LATER)
    count_words(LATER)
    index_related([outbox_event(withdrawn.product.enterprise_id)], LATER)
    assert not are_words_old(LATER)  # who goes on selling may change its name in peace

    assert (suggest("秘密"), suggest("停售"), suggest(enterprise.name_zh)) == ((), (), ())


def outbox_event(enterprise_id: int) -> OutboxEvent:
    return OutboxEvent(topic="enterprise.changed", subject=str(enterprise_id))
