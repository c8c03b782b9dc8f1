import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_django import Settings

from search.engines.elasticsearch import ElasticsearchEngine
from search.products import engine as desk_module
from search.products.engine import forget_desk
from tests.search.engines.test_elasticsearch_server import remove_all, server_url

ENGINES = ["tantivy", "database", pytest.param("elasticsearch", marks=pytest.mark.services)]


@pytest.fixture
def embedded(settings: Settings, tmp_path: Path) -> None:
    """The index on disk, whatever engine the environment names."""
    settings.SEARCH_URL, settings.SEARCH_FALLBACK_URL = f"tantivy://{tmp_path}/search", ""


@pytest.fixture(params=ENGINES)
def engine(
    request: pytest.FixtureRequest, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """Each search engine in turn, without a fallback."""
    settings.SEARCH_FALLBACK_URL = ""
    settings.SEARCH_INDEX_PREFIX = f"test-{uuid.uuid4().hex[:12]}"
    if request.param == "elasticsearch":
        monkeypatch.setattr("search.engines.elasticsearch.SEARCH_SECONDS", 30.0)
        settings.SEARCH_URL = server_url()
    else:
        settings.SEARCH_URL = {"tantivy": f"tantivy://{tmp_path}/rated", "database": "database:"}[request.param]
    forget_desk()
    yield request.param
    if request.param == "elasticsearch":
        remove_all(ElasticsearchEngine(server_url(), prefix=settings.SEARCH_INDEX_PREFIX))
    forget_desk()


@pytest.fixture
def on_elasticsearch(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The shop on a real server, in indexes of its own."""
    settings.SEARCH_URL = server_url()
    settings.SEARCH_INDEX_PREFIX = f"test-{uuid.uuid4().hex[:12]}"
    settings.SEARCH_INDEX_REPLICAS = 0
    monkeypatch.setattr(desk_module, "BUDGET", 30.0)  # how fast the machine is proves nothing here
    monkeypatch.setattr("search.engines.elasticsearch.SEARCH_SECONDS", 30.0)
    forget_desk()
    yield
    remove_all(ElasticsearchEngine(server_url(), prefix=settings.SEARCH_INDEX_PREFIX))
    forget_desk()


@pytest.fixture
def folder(settings: Settings, embedded: None) -> Path:
    return Path(settings.SEARCH_URL.removeprefix("tantivy://"))
