"""`kill -9` in the middle of draining, drainers side by side, a worker at work: index and database agree afterwards."""

import os
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from search.engines.elasticsearch import ElasticsearchEngine
from tests.migrated import migrated_file
from tests.search.engines.test_elasticsearch_server import remove_all, server_url

POINTS = ["claimed", "loaded", "rows written", "engine half written", "engine written"]
REBUILD_POINTS = ["documents written", "swapped"]


class Place:
    """A marketplace in a folder of its own, run by processes of its own."""

    def __init__(self, folder: Path, search_url: str = "", prefix: str = "") -> None:
        self.folder = folder
        own = {"DATA_DIR": str(folder), "CRASH_PREFIX": prefix}
        kept = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "SEARCH_URL")}
        self.environment = {**kept, **own, **({"SEARCH_URL": search_url} if search_url else {})}

    def start(self, *arguments: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "tests.search.products.crash", *arguments],
            cwd=settings.BASE_DIR,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def run(self, *arguments: str) -> tuple[int, str]:
        process = self.start(*arguments)
        output, _ = process.communicate(timeout=300)
        return process.returncode, output


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six products in the index, then six new prices and a withdrawal that wait to be drained."""
    place = Place(tmp_path_factory.mktemp("prepared") / "var")
    place.folder.mkdir()
    shutil.copy(migrated_file(), place.folder / "tuanji.sqlite3")
    assert place.run("prepare") == (0, "")
    return place.folder


@pytest.fixture
def place(prepared: Path, tmp_path: Path) -> Place:
    shutil.copytree(prepared, tmp_path / "var")
    return Place(tmp_path / "var")


@pytest.mark.parametrize("point", POINTS)
def test_killed_while_draining_index_and_database_agree(place: Place, point: str) -> None:
    assert place.run("crash", point)[0] == -signal.SIGKILL

    assert place.run("finish") == (0, "5 ['55.0000']\n")


def test_two_drainers_at_once_lose_nothing(place: Place) -> None:
    side_by_side(place)


def test_new_price_is_found_while_a_worker_runs(place: Place) -> None:
    assert place.run("fresh") == (0, "")


@pytest.mark.parametrize("point", REBUILD_POINTS)
def test_killed_while_rebuilding_search_goes_on_and_the_next_rebuild_ends(place: Place, point: str) -> None:
    killed_while_rebuilding(place, point)


def test_no_search_is_empty_while_another_process_rebuilds(place: Place) -> None:
    assert place.run("watched") == (0, "5 ['55.0000']\n")


def killed_while_rebuilding(place: Place, point: str) -> None:
    assert place.run("rebuild", point)[0] == -signal.SIGKILL

    assert place.run("mend") == (0, "5 ['55.0000']\n" * 2)


def side_by_side(place: Place) -> None:
    drainers = [place.start("busy", name) for name in ("a", "b")]
    for drainer in drainers:
        output, _ = drainer.communicate(timeout=300)
        assert (drainer.returncode, output) == (0, "")

    assert place.run("finish") == (0, "5 ['64.0000']\n")


# ---------------------------------------------------------------------- the same on a real Elasticsearch


@pytest.fixture
def served(prepared: Path, tmp_path: Path) -> Iterator[Place]:
    """The same marketplace, its index on the server: built by the drain that finds none."""
    prefix = f"crash-{uuid.uuid4().hex[:12]}"
    shutil.copytree(prepared, tmp_path / "var")
    yield Place(tmp_path / "var", server_url(), prefix)
    remove_all(ElasticsearchEngine(server_url(), prefix=prefix))


@pytest.mark.services
@pytest.mark.parametrize("point", POINTS)
def test_killed_while_draining_to_elasticsearch_index_and_database_agree(served: Place, point: str) -> None:
    assert served.run("finish")[0] == 0  # the index as it was
    assert served.run("change") == (0, "")

    assert served.run("crash", point)[0] == -signal.SIGKILL

    assert served.run("finish") == (0, "5 ['77.0000']\n")


@pytest.mark.services
def test_two_drainers_at_once_lose_nothing_on_elasticsearch(served: Place) -> None:
    assert served.run("finish")[0] == 0
    side_by_side(served)


@pytest.mark.services
def test_new_price_is_found_on_elasticsearch_while_a_worker_runs(served: Place) -> None:
    assert served.run("fresh") == (0, "")


@pytest.mark.services
@pytest.mark.parametrize("point", REBUILD_POINTS)
def test_killed_while_rebuilding_on_elasticsearch_search_goes_on_and_the_next_ends(served: Place, point: str) -> None:
    assert served.run("finish")[0] == 0
    killed_while_rebuilding(served, point)


@pytest.mark.services
def test_no_search_is_empty_while_another_process_rebuilds_on_elasticsearch(served: Place) -> None:
    assert served.run("watched") == (0, "5 ['55.0000']\n")
