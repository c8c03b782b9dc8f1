import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.migrated import migrated_file
from tests.processes.machine import Machine, running, sqlite_machine


@pytest.fixture(scope="session")
def empty_marketplace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once in a test run, copied for each test."""
    folder = tmp_path_factory.mktemp("empty")
    (folder / "var").mkdir()
    shutil.copy(migrated_file(), folder / "var/tuanji.sqlite3")
    Machine(folder, {}).manage("collectstatic", "--verbosity", "0", "--no-input")
    return folder / "var"


@pytest.fixture
def machine(empty_marketplace: Path, tmp_path: Path) -> Iterator[Machine]:
    """The embedded column: SQLite in a file, files and cache on disk, nothing else."""
    with running(sqlite_machine(empty_marketplace, tmp_path)) as made:
        yield made
