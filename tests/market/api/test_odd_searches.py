"""Whatever is typed, over HTTP: an ordinary answer or a clear 422, from page and API alike."""

from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from market.common.outbox.drain import drain_outbox
from tests.builders import NOW, make_variant

pytestmark = pytest.mark.django_db
ODD = {
    "empty": "",
    "blank": " \t ",
    "long latin": "x" * 10_000,
    "long words": "jujube " * 1_500,
    "long han": "枣" * 10_000,
    "control": "\x00\x01\x1f\x7f",
    "null inside": "灰\x00枣",
    "emoji": "😀👩‍🌾🇨🇳",
    "regex": "^(a+)+$|.*[z-",
    "query syntax": '+name:"灰枣"~2 AND (NOT *:* OR _exists_:x) ^5 /re/ [1 TO 2]',
    "json": '{"query":{"match_all":{}}}',
    "sql": "' OR 1=1; DROP TABLE x; --",
    "like": "%_\\%",
    "html": "<script>alert(1)</script>",
    "right to left": "\u202eabc\u202c",
    "combining": "e" + "\u0301" * 500,
    "surrogate": "%ED%A0%80",
    "arabic digits": "٣٠ kg",
}


def raw(text: str) -> str:
    return text if text == ODD["surrogate"] else quote(text)


@pytest.fixture
def product() -> int:
    made = make_variant().product_id
    drain_outbox(NOW)
    return made


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_api_answers_or_says_what_is_wrong(client: Client, product: int, text: str) -> None:
    for path in ("/api/v1/search?facets=true&q=", "/api/v1/suggest?q="):
        answer: Any = client.get(path + raw(text))

        assert answer.status_code == (422 if len(text) > 200 or "\x00" in text else 200)
        body = answer.json()
        if answer.status_code == 422:
            assert body["error"]["code"] == "invalid_input"
        elif "search" in path:
            assert (body["degraded"], body["total"] <= 1) == (False, True)


@pytest.mark.parametrize("text", ODD.values(), ids=ODD)
def test_page_answers(client: Client, product: int, text: str) -> None:
    answer: Any = client.get("/zh-hans/search/?q=" + raw(text), follow=True)

    assert answer.status_code == 200
    assert "<script>alert" not in answer.content.decode()


@pytest.mark.parametrize(
    "wish",
    [
        "page=999999999",
        "page=x",
        "price_min=abc",
        "price_min=-1",
        "price_min=1e400",
        "sort=rank",
        "origin=%00",
        "cursor=x",
    ],
)
def test_odd_filters_are_no_server_error(client: Client, product: int, wish: str) -> None:
    assert client.get(f"/api/v1/search?q=灰枣&{wish}").status_code in (200, 422)
    assert client.get(f"/zh-hans/search/?q=灰枣&{wish}", follow=True).status_code == 200


@pytest.mark.parametrize("value", ["size", "%3D", "%3Dbig", "size%3D", ""])
def test_attribute_that_would_filter_nothing_is_refused(client: Client, product: int, value: str) -> None:
    answer: Any = client.get(f"/api/v1/search?attribute={value}")

    assert (answer.status_code, list(answer.json()["error"]["details"]["fields"])) == (422, ["attribute.0"])


@pytest.mark.parametrize("name", ["attribute", "origin", "grade", "certificate"])
@pytest.mark.parametrize(("count", "status"), [(1, 200), (20, 200), (21, 422), (300, 422)])
def test_list_of_more_than_twenty_values_is_refused_in_words(
    client: Client, product: int, name: str, count: int, status: int
) -> None:
    query = "&".join(f"{name}=a{number}%3D{number}" for number in range(count))

    answer: Any = client.get(f"/api/v1/search?facets=true&{query}")

    assert answer.status_code == status
    if status == 422:
        (words,) = answer.json()["error"]["details"]["fields"].values()
        assert f"at most 20 values, not {count}" in words
        assert answer.json()["error"]["code"] == "invalid_input"
