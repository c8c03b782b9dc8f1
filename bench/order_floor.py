"""An order of three lines with three guarded decrements in one transaction, by the driver alone: seven round trips."""

import os
import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime

from bench.database import BenchDatabase
from bench.processes import cpu_ms

ITEMS = (1, 2, 3)


def order_floor(database: BenchDatabase, orders: int) -> Callable[[], float]:
    """CPU ms of one order, of this process and of the server's backends."""
    return (lambda: _postgres(database, orders)) if database.is_postgres else (lambda: _sqlite(database, orders))


def _postgres(database: BenchDatabase, orders: int) -> float:
    import psycopg

    with psycopg.connect(database.url, autocommit=True) as connection:
        pids = [os.getpid(), connection.info.backend_pid]
        before = cpu_ms(pids)
        for number in range(orders):
            connection.execute("BEGIN")
            row = connection.execute(
                "INSERT INTO bench_order (number, total, at) VALUES (%s, %s, %s) RETURNING id",
                [f"P{number}", 30000, datetime.now(UTC)],
            ).fetchone()
            assert row is not None
            for item in ITEMS:
                changed = connection.execute(
                    "UPDATE bench_stock SET reserved = reserved + %s WHERE id = %s AND on_hand - reserved >= %s",
                    [1, item, 1],
                ).rowcount
                assert changed == 1
            connection.execute(
                "INSERT INTO bench_line (order_id, item_id, quantity, price)"
                " VALUES (%s, %s, %s, %s), (%s, %s, %s, %s), (%s, %s, %s, %s)",
                [value for item in ITEMS for value in (row[0], item, 1, 10000)],
            )
            connection.execute("COMMIT")
        return (cpu_ms(pids) - before) / orders


def _sqlite(database: BenchDatabase, orders: int) -> float:
    connection = sqlite3.connect(database.url.removeprefix("sqlite:///"), isolation_level=None, timeout=20)
    connection.execute("PRAGMA synchronous=NORMAL")
    before = time.process_time()
    for number in range(orders):
        connection.execute("BEGIN IMMEDIATE")
        key = connection.execute(
            "INSERT INTO bench_order (number, total, at) VALUES (?, ?, ?)",
            [f"P{number}", 30000, datetime.now(UTC).isoformat()],
        ).lastrowid
        for item in ITEMS:
            changed = connection.execute(
                "UPDATE bench_stock SET reserved = reserved + 1 WHERE id = ? AND on_hand - reserved >= 1", [item]
            ).rowcount
            assert changed == 1
        connection.executemany(
            "INSERT INTO bench_line (order_id, item_id, quantity, price) VALUES (?, ?, ?, ?)",
            [(key, item, 1, 10000) for item in ITEMS],
        )
        connection.execute("COMMIT")
    cost = (time.process_time() - before) * 1000 / orders
    connection.close()
    return cost
