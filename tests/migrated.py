"""One migrated database for all tests: SQLite's is copied from a file, PostgreSQL's from a template on its server.

Both are made once for a state of our code and kept between runs (`.pytest_cache/migrated`), by all migrations from the
first to the last, each in a process of its own.
"""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from tests.processes.machine import ROOT, Machine

FOLDER = ROOT / ".pytest_cache" / "migrated"
PACKAGES = ("market", "catalog", "orders", "search")
NAME = "tuanji.sqlite3"
KINDS = {".py", ".json", ".csv"}


def kept(name: str, make: Callable[[Path], None]) -> Path:
    """A folder that `make` has filled once for this state of the code; nobody writes to it: to be copied."""
    folder, stamp = FOLDER / name, FOLDER / f"{name}.state"
    with one_at_a_time(FOLDER):
        state = _state_of_the_code()
        if not stamp.exists() or stamp.read_text() != state:
            stamp.unlink(missing_ok=True)
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            stamp.write_text(state)
    return folder


def migrated_file() -> Path:
    """A SQLite database."""

    def make(folder: Path) -> None:
        with _migrated_machine({}) as machine:
            _copy(machine.folder / "var" / NAME, str(folder / NAME)).close()

    return kept("sqlite", make) / NAME


def fill_from_file(target: str) -> sqlite3.Connection:
    """Copies the migrated database to this address (`file:...`); a database in memory lives while it is open."""
    return _copy(migrated_file(), target)


def migrated_template(url: str) -> str:
    """Name of a PostgreSQL database beside the one of `url`, to be given as TEMPLATE. Which code it was made by stands
    in its comment, which is written last."""
    parts = urlsplit(url)
    name = f"{parts.path.strip('/')}_migrated"
    with one_at_a_time(FOLDER), psycopg.connect(url, autocommit=True) as wire:
        state = _state_of_the_code()
        found = wire.execute(
            "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s", [name]
        ).fetchone()
        if found != (state,):
            wire.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
            wire.execute(f'CREATE DATABASE "{name}"'.encode())
            own = {"DATABASE_URL": parts._replace(path=f"/{name}").geturl(), "SECRET_KEY": os.environ["SECRET_KEY"]}
            with _migrated_machine(own):
                wire.execute(f"COMMENT ON DATABASE \"{name}\" IS '{state}'".encode())
    return name


@contextmanager
def one_at_a_time(folder: Path) -> Iterator[None]:
    """Other processes that come with the same folder wait."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def _migrated_machine(variables: dict[str, str]) -> Iterator[Machine]:
    folder = Path(tempfile.mkdtemp(prefix="tuanji-migrated-"))
    try:
        machine = Machine(folder, {"CACHE_URL": "locmem:"} | variables)
        machine.manage("migrate", "--verbosity", "0")
        yield machine
    finally:
        shutil.rmtree(folder)


def _copy(source: Path, target: str) -> sqlite3.Connection:
    copy = sqlite3.connect(target, uri=True)
    with sqlite3.connect(source) as original:
        original.backup(copy)
    original.close()
    return copy


def _state_of_the_code() -> str:
    """Changes with anything that a migration may read."""
    files = (file for package in PACKAGES for file in (ROOT / package).rglob("*") if file.suffix in KINDS)
    digest = hashlib.sha256()
    for file in sorted([ROOT / "deploy/requirements-dev.lock", *files]):
        digest.update(f"{file.relative_to(ROOT)} {file.stat().st_size}\n".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()
