"""How many rows of one model reach the database in one statement: values made ready column by column, and sent as a
parameter each or, where PostgreSQL gets many, as one document of JSON."""

from collections.abc import Sequence
from decimal import Decimal
from functools import cache
from itertools import chain
from typing import Any

import orjson
from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

# From so many rows on, one document costs PostgreSQL and its driver a quarter of as many parameters.
MANY = 20
# What JSON says exactly, or as text; bytes and floats stay parameters.
_EXACT = frozenset(
    "bigint,integer,smallint,numeric,boolean,varchar,text,uuid,date,timestamp with time zone,jsonb".split(",")
)
_PLAIN: dict[type, type] = {
    models.CharField: str,
    models.SlugField: str,
    models.TextField: str,
    models.BooleanField: bool,
    models.ForeignKey: int,
    models.BigAutoField: int,
    models.BigIntegerField: int,
    models.IntegerField: int,
    models.PositiveIntegerField: int,
    models.PositiveSmallIntegerField: int,
}


def ready(
    fields: Sequence[Any], rows: Sequence[Sequence[Any]], connection: BaseDatabaseWrapper
) -> list[tuple[Any, ...]]:
    """Rows of values of these fields as the driver takes them."""
    is_typed = connection.vendor == "postgresql" and len(rows) < MANY  # a parameter says which kind of number it is
    columns = zip(*rows, strict=True)
    made = [_ready(field, column, connection, is_typed) for field, column in zip(fields, columns, strict=True)]
    return list(zip(*made, strict=True))


def _ready(field: Any, column: Sequence[Any], connection: BaseDatabaseWrapper, is_typed: bool) -> Sequence[Any]:
    """What is plain already stays; a moment or some JSON that many rows share is made ready once."""
    if not is_typed and set(map(type, column)) <= {_PLAIN.get(type(field)), type(None)}:
        return column
    different = {id(value): value for value in column}
    made = {key: field.get_db_prep_save(value, connection) for key, value in different.items()}
    return [made[id(value)] for value in column]


def source(
    model: type[Model],
    names: tuple[str, ...],
    rows: Sequence[Sequence[Any]],
    connection: BaseDatabaseWrapper,
    *,
    is_typed: bool = False,
) -> tuple[str, list[Any]]:
    """SQL that gives these rows, made ready, and its parameters. `is_typed`: nothing around it tells the kinds of its
    columns."""
    is_postgres = connection.vendor == "postgresql"
    if is_postgres and len(rows) >= MANY and (select := _select(model, names)):
        document = orjson.dumps([dict(zip(names, row, strict=True)) for row in rows], default=_said)
        return select, [document.decode()]
    kinds = [f"::{kind}" for kind in _kinds(model, names)] if is_typed and is_postgres else [""] * len(names)
    places = "(" + ", ".join(f"%s{kind}" for kind in kinds) + ")"
    return "VALUES " + ", ".join([places] * len(rows)), list(chain.from_iterable(rows))


@cache
def _select(model: type[Model], names: tuple[str, ...]) -> str:
    """With the column names of VALUES. Empty where a column cannot be said in JSON; JSON itself is in there as text."""
    kinds = dict(zip(names, _kinds(model, names), strict=True))
    if not _EXACT.issuperset(kinds.values()):
        return ""
    columns = ", ".join(f'"{name}" {"text" if kind == "jsonb" else kind}' for name, kind in kinds.items())
    read = ", ".join(
        f'"{name}"{"::jsonb" if kind == "jsonb" else ""} AS column{place}'
        for place, (name, kind) in enumerate(kinds.items(), 1)
    )
    return f"SELECT {read} FROM json_to_recordset(%s::json) AS told({columns})"  # noqa: S608 - names of our own fields


@cache
def _kinds(model: type[Model], names: tuple[str, ...]) -> list[str]:
    """Of columns, as PostgreSQL calls them; without a length: too long a text must be refused, and a cast would cut
    it."""
    fields: list[Any] = [model._meta.get_field(name) for name in names]
    return [str(field.rel_db_type(connections[DEFAULT_DB_ALIAS])).partition("(")[0] for field in fields]


def _said(value: Any) -> str:
    """What orjson does not know: exact numbers, and JSON in the wrapper Django puts around it for the driver."""
    return str(value) if isinstance(value, Decimal) else value.dumps(value.obj)
