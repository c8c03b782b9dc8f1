"""Rows of several tables in one statement, where a statement costs a way to a server and back."""

from collections.abc import Sequence
from functools import cache
from typing import Any

import orjson
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Field, Model

from market.common.bulk import insert_rows
from market.common.fields import ExactDecimalField

Models = tuple[type[Model], ...]


def insert_together(*groups: "Sequence[Model]", using: str = DEFAULT_DB_ALIAS) -> None:
    """Writes the new rows of each group, of one model each, after those of the groups before, to which they may point;
    all get their keys. PostgreSQL is asked for the keys, then told all rows as JSON, in two statements for any number
    of rows and tables; SQLite, which is no way off, gets an INSERT for each group.

    Values are taken as they stand, as `insert_rows` does. The models' keys are the database's own numbers, and nothing
    in their columns is what JSON cannot say, such as bytes.
    """
    filled = [rows for rows in groups if rows]
    connection = connections[using]
    if connection.vendor != "postgresql":
        for rows in filled:
            insert_rows(rows, using=using)
        return
    if not filled:
        return
    models = tuple(type(rows[0]) for rows in filled)
    with connection.cursor() as cursor:
        cursor.execute(_keys_sql(models, using), [len(rows) for rows in filled])
        keys = iter(cursor.fetchall())
        for rows in filled:
            for row in rows:
                (row.pk,) = next(keys)
        cursor.execute(_insert_sql(models), [_told(rows) for rows in filled])
    for rows in filled:
        for row in rows:
            row._state.adding = False
            row._state.db = using


def _told(rows: "Sequence[Model]") -> str:
    """As JSON, each row by its columns."""
    fields = _columns(type(rows[0]))
    told = []
    for row in rows:
        row._prepare_related_fields_for_save(operation_name="insert_together")  # type: ignore[attr-defined]
        values = row.__dict__
        told.append({column: prepared(values[name]) if prepared else values[name] for column, name, prepared in fields})
    return orjson.dumps(told).decode()


@cache
def _columns(model: type[Model]) -> tuple[tuple[str, str, Any], ...]:
    """(column, attribute, what makes the stored number of an exact decimal)."""
    return tuple(
        (str(field.column), field.attname, field.get_prep_value if isinstance(field, ExactDecimalField) else None)
        for field in _fields(model)
    )


def _fields(model: type[Model]) -> "list[Field[Any, Any]]":
    return list(model._meta.concrete_fields)


@cache
def _keys_sql(models: Models, using: str) -> str:
    """A process asks once which sequences give them: looking that up costs more than a key. The count comes out of a
    SELECT, or else PostgreSQL would plan anew for each."""
    asked = ", ".join(["pg_get_serial_sequence(%s, %s)"] * len(models))
    named = [name for model in models for name in (f'"{model._meta.db_table}"', _key(model))]
    with connections[using].cursor() as cursor:
        cursor.execute(f"SELECT {asked}", named)
        sequences = cursor.fetchone()
    count = "FROM generate_series(1, (SELECT %s::int))"
    return " UNION ALL ".join(f"SELECT nextval('{name}') {count}" for name in sequences)


@cache
def _insert_sql(models: Models) -> str:
    parts = []
    for place, model in enumerate(models):
        table = f'"{model._meta.db_table}"'
        columns = ", ".join(f'"{field.column}"' for field in _fields(model))
        rows = f"json_populate_recordset(NULL::{table}, %s::json)"
        parts.append(f"told_{place} AS (INSERT INTO {table} ({columns}) SELECT {columns} FROM {rows})")  # noqa: S608 - our own names
    return f"WITH {', '.join(parts)} SELECT 1"


def _key(model: type[Model]) -> str:
    assert model._meta.pk is not None
    return str(model._meta.pk.column)
