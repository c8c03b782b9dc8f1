"""Every test process works in a folder of its own, thrown away at the end; nothing here touches a developer's data.

With the variables of real servers set (`make test-services`) the same tests run on those: database of its own, and a
prefix of its own in the cache, the search server and the bucket.
"""

import contextlib
import os
import shutil
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
import requests
from django.utils import translation
from pytest_django import Settings

from tests.migrated import fill_from_file, migrated_template
from tests.places import FOLDER, STATIC

# How long an example takes says how busy the machine is, not whether the code is right. The examples are the same in
# every run, so that a change is judged by what it changes; `--hypothesis-profile explore` looks for new ones.
any_machine = hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.register_profile("any_machine", any_machine, derandomize=True)
hypothesis.settings.register_profile("explore", any_machine, max_examples=1000)
hypothesis.settings.load_profile("any_machine")
TESTS = Path(__file__).parent
# Tests of these folders ask the search server where there is one; the others, as ever, the index on disk.
SEARCHING = ("search", "story")


def pytest_unconfigure() -> None:
    shutil.rmtree(FOLDER, ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The steps with servers, a browser and fonts look into these folders only: a test elsewhere is run by none."""
    folders = {"services": ("services", "search"), "browser": ("browser",), "pdf": ("orders",)}
    for mark, names in folders.items():
        for item in items:
            folder = item.path.relative_to(TESTS).parts[0]
            if item.get_closest_marker(mark) and folder not in names:
                raise pytest.UsageError(f"{item.nodeid}: tests marked {mark} stand in {' or '.join(names)} only")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> Iterator[None]:
    """The test database begins as a copy of the migrated one; Django then finds nothing left to migrate."""
    from django.db import connection  # settings are read when it is imported

    if connection.vendor == "postgresql":
        connection.settings_dict["TEST"]["TEMPLATE"] = migrated_template(os.environ["DATABASE_URL"])
        yield
    else:
        with contextlib.closing(fill_from_file(f"file:memorydb_{connection.alias}?mode=memory&cache=shared")):
            yield


@pytest.fixture(autouse=True)
def _own_places(
    request: pytest.FixtureRequest, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[None]:
    """Mail in memory, files, cache and search index in a place of this test, plain static files.

    The prefix is also why no test may call `cache.clear()`: on Redis that empties the other processes' places too.
    """
    own = f"test-{uuid.uuid4().hex[:12]}"
    translation.activate(settings.LANGUAGE_CODE)  # a request of the test before may have left another language
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.STATIC_ROOT = STATIC
    settings.STORAGES = {
        "default": _storage(settings.STORAGES["default"], own, tmp_path),
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.CACHES = {name: cache | {"KEY_PREFIX": own} for name, cache in settings.CACHES.items()}
    from market.common.kept import forget_kept  # settings are read when these are imported
    from search.products.words import forget_words

    forget_kept()
    forget_words()
    settings.MARKET_SEARCH_LOG = False
    if settings.SEARCH_URL.startswith("tantivy:") or request.path.relative_to(TESTS).parts[0] not in SEARCHING:
        settings.SEARCH_URL = f"tantivy://{tmp_path}/search"
    settings.SEARCH_INDEX_PREFIX = own
    monkeypatch.setattr("search.products.engine.BUDGET", 60.0)  # how fast the machine is proves nothing here
    if settings.SEARCH_URL.startswith("http"):
        _wait_for_the_server(monkeypatch)
    yield
    if settings.SEARCH_URL.startswith("http"):
        with contextlib.suppress(requests.RequestException):
            requests.delete(f"{settings.SEARCH_URL}/{own}*", timeout=30)


def _wait_for_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """A server shows what was written a second later, and a test asks at once; how long it takes to answer says how
    busy the machine is."""
    from search.engines.elasticsearch import ElasticsearchEngine

    monkeypatch.setattr("search.engines.elasticsearch.SEARCH_SECONDS", 60.0)

    write = ElasticsearchEngine.write

    def write_and_refresh(self: ElasticsearchEngine, *args: Any, **kwargs: Any) -> None:
        write(self, *args, **kwargs)
        self.refresh()

    monkeypatch.setattr(ElasticsearchEngine, "write", write_and_refresh)


def _storage(configured: dict[str, Any], own: str, tmp_path: Path) -> dict[str, Any]:
    if configured["BACKEND"].endswith("S3Storage"):
        return configured | {"OPTIONS": configured["OPTIONS"] | {"location": own}}
    return {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": str(tmp_path / "media"), "base_url": "/media/"},
    }
