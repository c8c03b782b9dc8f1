"""Many rows of one model in one statement: what `bulk_create` and `bulk_update` do without their detours."""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models import Model

from market.common.bulk_rows import ready, source

BatchT = TypeVar("BatchT")
MOST_VALUES = 30_000  # of one statement: SQLite takes 32,766, PostgreSQL 65,535


def update_rows(rows: "Iterable[Model]", fields: Sequence[str], *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Writes these fields of rows of one model by their keys, in one UPDATE (of up to MOST_VALUES); what `bulk_update`
    does without a CASE for each value. Values are taken as they stand; a row that is no longer there stays away."""
    found = list(rows)
    if not found:
        return
    connection, model = connections[using], type(found[0])
    written, head, tail = _update_parts(model, tuple(fields))
    names = tuple(field.name for field in written)
    values = ready(written, [[getattr(row, field.attname) for field in written] for row in found], connection)
    for batch in _batches(values, len(written)):
        told, params = source(model, names, batch, connection, is_typed=True)
        with connection.cursor() as cursor:
            cursor.execute(head + told + tail, params)


@cache
def _update_parts(model: type[Model], names: tuple[str, ...]) -> tuple[list[Any], str, str]:
    """What is written, the key first, and the statement around the rows. Both vendors call the columns of VALUES
    column1, column2, ..."""
    meta: Any = model._meta
    written = [meta.pk, *(meta.get_field(name) for name in names)]
    changes = ", ".join(f'"{item.column}" = told.column{place}' for place, item in enumerate(written[1:], 2))
    head = f'UPDATE "{meta.db_table}" SET {changes} FROM ('  # noqa: S608 - names of our own tables
    return written, head, f') AS told WHERE "{meta.db_table}"."{written[0].column}" = told.column1'


def insert_rows(
    rows: "Sequence[Model]",
    *,
    using: str = DEFAULT_DB_ALIAS,
    unique: Sequence[str] = (),
    update: Sequence[str] = (),
) -> None:
    """One INSERT (of up to MOST_VALUES) for all rows of one model, which get their keys; what `bulk_create` does
    without its detours. A row that stands already by `unique` columns has its `update` columns overwritten instead.

    Values are taken as they stand: no `pre_save` of auto_now fields, no database defaults, no inherited tables.
    """
    if not rows:
        return
    model = type(rows[0])
    for row in rows:
        row._prepare_related_fields_for_save(operation_name="insert_rows")  # type: ignore[attr-defined]
    fields = [field for field in model._meta.concrete_fields if rows[0].pk is not None or not field.primary_key]
    values = [[getattr(row, field.attname) for field in fields] for row in rows]
    names = [field.name for field in fields]
    keys = insert_values(model, names, values, using=using, unique=unique, update=update)
    for row, key in zip(rows, keys, strict=True):
        row.pk = key
        row._state.adding = False
        row._state.db = using


def insert_values(
    model: type[Model],
    names: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    using: str = DEFAULT_DB_ALIAS,
    unique: Sequence[str] = (),
    update: Sequence[str] = (),
) -> list[Any]:
    """`insert_rows` for rows of which nobody needs an object: `rows` give the values of the fields `names`, a row's key
    for a foreign one. Fields without a name take their default, which is the same for every row. Returns the keys, in
    their order."""
    if not rows:
        return []
    connection = connections[using]
    named, others = _fields(model, tuple(names))
    if others:
        defaults = tuple(field.get_default() for field in others)
        rows = [(*row, *defaults) for row in rows]
    written = (*named, *others)
    told_of = tuple(field.name for field in written)
    head, tail = insert_parts(model, told_of, tuple(unique), tuple(update))
    keys: list[Any] = []
    for batch in _batches(ready(written, rows, connection), len(written)):
        told, params = source(model, told_of, batch, connection)
        with connection.cursor() as cursor:
            cursor.execute(head + told + tail + returning(model), params)
            keys += [key for (key,) in cursor.fetchall()]
    return keys


@cache
def _fields(model: type[Model], names: tuple[str, ...]) -> tuple[list[Any], list[Any]]:
    """Those of these names, and the others but the key and what has its default in the database alone."""
    others = [field for field in model._meta.concrete_fields if field.name not in names and not field.primary_key]
    own = [field for field in others if field.has_default() or not field.has_db_default()]
    return [model._meta.get_field(name) for name in names], own


def _batches(rows: "Sequence[BatchT]", columns: int) -> "Iterator[Sequence[BatchT]]":
    most = max(1, MOST_VALUES // columns)
    return (rows[start : start + most] for start in range(0, len(rows), most))


def write_values(
    model: type[Model],
    names: Sequence[str],
    rows: Sequence[Sequence[Any]],
    *,
    using: str = DEFAULT_DB_ALIAS,
    unique: Sequence[str],
    update: Sequence[str],
    newer: str,
) -> None:
    """One INSERT (of up to MOST_VALUES) for rows so many that to make an object of each costs more than to write it.
    `names`: the fields that `rows` give values of, ready for the driver (moments adapted, JSON as text). A row that
    stands already by `unique` columns has its `update` columns overwritten, where its `newer` column is below the new
    value."""
    connection = connections[using]
    head, tail = insert_parts(model, tuple(names), tuple(unique), tuple(update))
    guard = column_of(model, newer)
    tail += f' WHERE "{model._meta.db_table}"."{guard}" < EXCLUDED."{guard}"'
    for batch in _batches(rows, len(names)):
        told, params = source(model, tuple(names), batch, connection)
        with connection.cursor() as cursor:
            cursor.execute(head + told + tail, params)


@cache
def insert_parts(
    model: type[Model], names: tuple[str, ...], unique: tuple[str, ...], update: tuple[str, ...]
) -> tuple[str, str]:
    """The statement before and after its rows."""
    columns = ", ".join(f'"{column_of(model, name)}"' for name in names)
    head = f'INSERT INTO "{model._meta.db_table}" ({columns}) '
    if not unique:
        return head, ""
    held = ", ".join(f'"{column_of(model, name)}"' for name in unique)
    changes = ", ".join(f'"{column_of(model, name)}" = EXCLUDED."{column_of(model, name)}"' for name in update)
    return head, f" ON CONFLICT ({held}) DO UPDATE SET {changes}"


def returning(model: type[Model]) -> str:
    return f' RETURNING "{column_of(model, str(model._meta.pk and model._meta.pk.name))}"'


def column_of(model: type[Model], name: str) -> str:
    return str(model._meta.get_field(name).column)  # type: ignore[union-attr]
