import pytest
from django.db import connections
from django.utils.connection import ConnectionDoesNotExist

from market.common.outbox.drain import drain_outbox
from search.products import newest
from search.products.newest import newest_cards
from tests.builders import NOW, make_product

pytestmark = pytest.mark.django_db


def test_newest_cards_come_from_the_database_lists_are_read_from(monkeypatch: pytest.MonkeyPatch) -> None:
    product = make_product()
    drain_outbox(NOW)
    monkeypatch.setattr(newest, "for_lists", lambda: "replica")

    with pytest.raises(ConnectionDoesNotExist):
        newest_cards("domestic", "en", size=3)
    connections["replica"] = connections["default"]
    try:
        cards = newest_cards("domestic", "en", size=3)
    finally:
        del connections["replica"]

    assert [card.product_id for card in cards] == [product.pk]
