"""A database of the bench's own beside DATABASE_URL's (or an SQLite file), filled with the sample season."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from bench.processes import PROC, own_environment

NAME = os.environ.get("BENCH_DATABASE", "tuanji_bench")
ROOT = Path(__file__).resolve().parent.parent


class BenchDatabase:
    """`environment` is what the product's processes need to run on it. Everything stands below `folder`."""

    def __init__(self, folder: Path, *, url: str | None = None) -> None:
        given = os.environ.get("DATABASE_URL", "") if url is None else url
        self.is_postgres = given.startswith("postgres")
        self.admin_url = given
        self.url = urlunsplit(urlsplit(given)._replace(path=f"/{NAME}")) if self.is_postgres else ""
        if not self.is_postgres:
            self.url = f"sqlite:///{folder}/bench.sqlite3"
        self.environment = own_environment(
            DATABASE_URL=self.url,
            DATA_DIR=str(folder),
            SECRET_KEY="bench-" + "x" * 60,
            CACHE_URL=os.environ.get("CACHE_URL", "locmem:"),
            LOG_LEVEL="WARNING",
            DJANGO_SETTINGS_MODULE="market.config.settings",
        )

    def build(self, scale: int) -> None:
        if self.is_postgres:
            self._recreate()
        self._manage("migrate", "--verbosity", "0")
        self._manage("collectstatic", "--noinput", "--verbosity", "0")
        self._manage("season", "--scale", str(scale))
        self._manage("worker", "--once")
        self._prepare()

    def _recreate(self) -> None:
        import psycopg

        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {NAME} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {NAME}")

    def _manage(self, *words: str) -> None:
        subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=self.environment, check=True, stdout=2)

    def _prepare(self) -> None:
        """The floors' own tables."""
        key = "bigserial PRIMARY KEY" if self.is_postgres else "integer PRIMARY KEY AUTOINCREMENT"
        moment = "timestamptz" if self.is_postgres else "datetime"
        self.execute(
            f"CREATE TABLE bench_note (id {key}, text varchar(200), number bigint, at {moment})",
            f"CREATE TABLE bench_order (id {key}, number varchar(20), total bigint, at {moment})",
            f"CREATE TABLE bench_line (id {key}, order_id bigint, item_id bigint, quantity bigint, price bigint)",
            f"CREATE TABLE bench_row (id {key}, product_id bigint, channel varchar(20), name varchar(200),"
            " seller varchar(200), price bigint, thumbnail_url varchar(300))",
            "INSERT INTO bench_row (product_id, channel, name, seller, price, thumbnail_url)"
            " SELECT p.id, 'domestic', p.name_zh, e.name_zh, 123400, '/media/products/320/season.webp'"
            " FROM products_product p JOIN enterprises_enterprise e ON e.id = p.enterprise_id",
            "CREATE INDEX bench_row_newest ON bench_row (channel, product_id DESC)",
            f"CREATE TABLE bench_stock (id {key}, on_hand bigint, reserved bigint)",
        )
        rows = ",".join("(1000000000, 0)" for _ in range(100))
        self.execute(f"INSERT INTO bench_stock (on_hand, reserved) VALUES {rows}")  # noqa: S608 - constants
        self.execute("VACUUM ANALYZE" if self.is_postgres else "ANALYZE")

    def execute(self, *statements: str) -> None:
        if self.is_postgres:
            import psycopg

            with psycopg.connect(self.url, autocommit=True) as connection:
                for statement in statements:
                    connection.execute(statement.encode())
            return
        import sqlite3

        connection_ = sqlite3.connect(self.url.removeprefix("sqlite:///"))
        with connection_:
            for statement in statements:
                connection_.execute(statement)
        connection_.close()

    def backends(self) -> list[int]:
        """Processes of the PostgreSQL server that serve this database; empty on SQLite or a distant server."""
        if not self.is_postgres:
            return []
        import psycopg

        with psycopg.connect(self.admin_url, autocommit=True) as connection:
            rows = connection.execute("SELECT pid FROM pg_stat_activity WHERE datname = %s", [NAME]).fetchall()
        return [pid for (pid,) in rows if (PROC / str(pid)).exists()]

    def floor_environment(self) -> Mapping[str, str]:
        return {**self.environment, "DJANGO_SETTINGS_MODULE": "bench.floor_settings"}
