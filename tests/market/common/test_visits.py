import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory

from market.common.visits import visit_of
from search.engines.base import EngineAnswer, SearchRequest
from search.products.engine import search_desk
from tests.builders import make_variant
from tests.search.products.test_search import drain


def visit(key: str) -> str:
    request = RequestFactory().get("/")
    request.COOKIES[settings.SESSION_COOKIE_NAME] = key
    return visit_of(request)


def test_visit_is_the_same_for_one_session_and_tells_no_key() -> None:
    assert visit("session-1") == visit("session-1") != visit("session-2")
    assert "session" not in visit("session-1")
    assert len(visit("x" * 10_000)) == 16
    assert visit_of(RequestFactory().get("/")) == ""


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address", ["/en/search/?q=jujubes", "/en/c/jujube/", "/en/s/{seller}/", "/api/v1/search?q=灰枣"]
)
def test_one_replica_answers_a_visitor_and_a_read_begins_no_session(
    client: Client, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    variant = make_variant()
    drain()
    address = address.format(seller=variant.product.enterprise.number)
    engine, asked = search_desk().main, list[str]()
    search = engine.search

    def listen(request: SearchRequest) -> EngineAnswer:
        asked.append(request.session)
        return search(request)

    monkeypatch.setattr(engine, "search", listen)

    answer = client.get(address)
    assert (set(asked), Session.objects.count()) == ({""}, 0)
    assert not answer.cookies
    assert "Cookie" not in answer.headers.get("Vary", "")

    client.cookies[settings.SESSION_COOKIE_NAME] = "key"
    asked.clear()
    client.get(address)
    assert set(asked) == {visit("key")}
