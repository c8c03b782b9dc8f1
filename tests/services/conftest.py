"""Real servers, started by `make services`. A server that is not there fails these tests; nothing is skipped."""

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from celery import Celery

from market.config.environment import Environment
from search.engines.elasticsearch import ElasticsearchEngine
from tests.migrated import migrated_template
from tests.processes.machine import Machine, running
from tests.search.engines.test_elasticsearch_server import remove_all

NEEDED = ("DATABASE_URL", "CACHE_URL", "CELERY_BROKER_URL", "SEARCH_URL", "S3_BUCKET", "STRIPE_API_BASE")
MakeMachine = Callable[..., Machine]


@pytest.fixture(scope="session")
def variables() -> dict[str, str]:
    """The variables of the running servers (.services/env)."""
    missing = [name for name in NEEDED if not os.environ.get(name)]
    assert not missing, f"{', '.join(missing)} not set: run `make services`, then `make test-services`"
    ours = set(Environment.model_fields) - {
        "DATA_DIR",
        "PUBLIC_URL",
    }  # those of the test process, see tests/conftest.py
    return {name: os.environ[name] for name in ours if name in os.environ}


def redis_broker(place: int) -> dict[str, str]:
    """Redis as the broker, in this one of its databases."""
    return {"CELERY_BROKER_URL": f"{os.environ['CACHE_URL'].rpartition('/')[0]}/{place}"}


class Databases:
    """Copies of one migrated database on the PostgreSQL server, dropped at the end."""

    def __init__(self, url: str) -> None:
        self.url, self.made = url, list[str]()
        self.template = migrated_template(url)

    def copy(self) -> str:
        name = f"machine_{uuid.uuid4().hex[:12]}"
        self._say(f'CREATE DATABASE {name} TEMPLATE "{self.template}"')
        self.made.append(name)
        return urlsplit(self.url)._replace(path=f"/{name}").geturl()

    def drop_all(self) -> None:
        for name in self.made:
            self._say(f"DROP DATABASE {name} WITH (FORCE)")

    def _say(self, statement: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as wire:
            wire.execute(statement.encode())


@pytest.fixture(scope="session")
def databases(variables: dict[str, str]) -> Iterator[Databases]:
    made = Databases(variables["DATABASE_URL"])
    yield made
    made.drop_all()


@pytest.fixture(scope="session")
def static_files(variables: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("static")
    Machine(folder, variables).manage("collectstatic", "--verbosity", "0", "--no-input")
    return folder / "var/static"


@pytest.fixture
def make_machine(
    databases: Databases, variables: dict[str, str], static_files: Path, tmp_path: Path
) -> Iterator[MakeMachine]:
    """The right-hand column: PostgreSQL, Redis, Celery on a broker, Elasticsearch, S3. `more` overrides variables.

    All machines share the broker's queue and each empties it: tests that make one are of the xdist group `broker`.
    """
    machines = []

    def make(**more: str) -> Machine:
        own = {"DATABASE_URL": databases.copy(), "SEARCH_INDEX_PREFIX": f"machine-{uuid.uuid4().hex[:12]}"}
        machine = Machine(tmp_path, variables | own | more)
        (tmp_path / "var").mkdir()
        (tmp_path / "var/static").symlink_to(static_files)
        Celery(broker=machine.variables["CELERY_BROKER_URL"]).control.purge()  # wakes of a machine that is no more
        machines.append(machine)
        return machine

    yield make
    for machine in machines:
        machine.stop()
        address, prefix = machine.variables["SEARCH_URL"], machine.variables["SEARCH_INDEX_PREFIX"]
        if address.startswith("http"):
            remove_all(ElasticsearchEngine(address, prefix=prefix))


@pytest.fixture
def machine(make_machine: MakeMachine) -> Iterator[Machine]:
    with running(make_machine()) as made:
        yield made
