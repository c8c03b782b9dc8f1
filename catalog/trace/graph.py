"""Walks of the lot graph. UNION drops what was seen, so a walk ends whatever the edges say."""

from collections.abc import Iterable

from django.db import connection

from catalog.trace.models import LotEdge

_EDGES = LotEdge._meta.db_table


def downstream_of(lots: Iterable[int]) -> list[int]:
    """Keys of all traced lots that something of these went into, without themselves unless a walk leads back."""
    return _walk(lots, start="parent_id", to="child_id")


def upstream_of(lots: Iterable[int]) -> list[int]:
    """Keys of all traced lots that something of which went into these."""
    return _walk(lots, start="child_id", to="parent_id")


def _walk(lots: Iterable[int], *, start: str, to: str) -> list[int]:
    """One statement."""
    keys = sorted(set(lots))
    if not keys:
        return []
    marks = ", ".join(["%s"] * len(keys))
    statement = (
        f"WITH RECURSIVE walk(lot) AS (SELECT {to} FROM {_EDGES} WHERE {start} IN ({marks})"  # noqa: S608
        f" UNION SELECT edge.{to} FROM {_EDGES} AS edge JOIN walk ON edge.{start} = walk.lot)"
        " SELECT lot FROM walk ORDER BY lot"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, keys)
        return [row[0] for row in cursor.fetchall()]
