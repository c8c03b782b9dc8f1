"""What the tests of the shop share: a stocked shop, and the pages' own forms pressed as a browser presses them."""

import re
from decimal import Decimal
from typing import Any

from django.test import Client

from catalog.products.models import Variant
from market.common.clock import read_clock
from market.common.outbox.drain import drain_outbox
from market.enterprises.models import Enterprise
from tests.builders import make_variant

ADDRESS = {
    "recipient": "李买家",
    "phone": "138 0013 8000",
    "email": "",
    "province": "四川省",
    "city": "成都市",
    "district": "",
    "street": "示范路 1 号",
    "reference": "",
}
LADDER = [(Decimal(2), Decimal(30)), (Decimal(6), Decimal(27))]


def stocked(count: int = 1, **wishes: Any) -> list[Variant]:
    """Published products that a search finds."""
    variants = [make_variant(**wishes) for _ in range(count)]
    drain_outbox(read_clock())
    return variants


def from_one_seller(count: int, enterprise: Enterprise) -> list[Variant]:
    return stocked(count, enterprise=enterprise)


def product_url(variant: Variant, language: str = "en") -> str:
    return f"/{language}/p/{variant.product_id}-{variant.product.slug}/"


def put(client: Client, variant: Variant, quantity: str = "2", **extra: str) -> Any:
    return client.post("/en/cart/put/", {"variant": variant.pk, "quantity": quantity, **extra})


def checkout_key(client: Client) -> str:
    found = re.search(r'name="key" value="([^"]+)"', client.get("/en/checkout/").content.decode())
    assert found is not None
    return found.group(1)


def ordered(client: Client, variant: Variant, quantity: str = "2") -> str:
    """The number of the purchase this client has just made."""
    put(client, variant, quantity)
    answer = client.post("/en/checkout/", ADDRESS | {"key": checkout_key(client)})
    assert answer.status_code == 302, answer.content.decode()[-2000:]
    return answer.headers["Location"].rstrip("/").rsplit("/", 1)[1]


def words(answer: Any) -> str:
    """What a person reads of a page: no tags, blanks as one."""
    text = re.sub(r"<(script|style|title)[^>]*>.*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL)
    return " ".join(text.split())
