from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.processes.machine import Machine, prepare_sqlite, running, sqlite_machine


@pytest.fixture(scope="session")
def empty_marketplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepare_sqlite(tmp_path_factory.mktemp("empty"))


@pytest.fixture
def machine(empty_marketplace: Path, tmp_path: Path) -> Iterator[Machine]:
    """The embedded column: SQLite in a file, files and cache on disk, nothing else."""
    with running(sqlite_machine(empty_marketplace, tmp_path)) as made:
        yield made
