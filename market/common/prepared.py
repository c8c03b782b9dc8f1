"""Statements that are written with the ORM and compiled once.

Most of what a small query costs in Python is Django turning it into SQL, the same SQL every time. On the few hottest
paths a query is therefore built once with `Param` in the places of its values, kept per database vendor, and run again
with other values. Rows come back as the same model instances or tuples as from the queryset itself. See
docs/decisions/0005.
"""

import copy
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import chain
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, Expression, Field, Model, QuerySet
from django.db.models.sql import UpdateQuery

Row = TypeVar("Row")
BatchT = TypeVar("BatchT")
MOST_VALUES = 30_000  # of one statement: SQLite takes 32,766, PostgreSQL 65,535


class _OutOfRange(Exception):
    """No row has such a number: no column can hold it."""


@dataclass(frozen=True)
class _Slot:
    """Stands among the compiled parameters where a value goes."""

    name: str
    field: "Field[Any, Any]"
    is_list: bool = False

    def value(self, given: Any, connection: BaseDatabaseWrapper) -> Any:
        if isinstance(given, int) and not -(2**63) <= given < 2**63:
            raise _OutOfRange(self.name)
        if not self.is_list:
            return self.field.get_db_prep_value(given, connection)
        is_plain = type(self.field) is BigIntegerField and all(type(item) is int for item in given)
        values = list(given) if is_plain else [self.field.get_db_prep_value(item, connection) for item in given]
        return values if connection.vendor == "postgresql" else json.dumps(values)


class Param(Expression):
    """The place of a value: `filter(cart=Param("cart", UUIDField()))`."""

    def __init__(self, name: str, output_field: "Field[Any, Any]") -> None:
        super().__init__(output_field=output_field)
        self.slot = _Slot(name, output_field)

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self.slot]


class IsIn(Expression):
    """The place of a list, one statement for any length: `filter(IsIn(F("pk"), "keys", BigIntegerField()))`."""

    conditional = True

    def __init__(self, operand: Any, name: str, item_field: "Field[Any, Any]") -> None:
        super().__init__(output_field=models.BooleanField())
        self.operand = operand
        self.slot = _Slot(name, item_field, is_list=True)

    def get_source_expressions(self) -> list[Any]:
        return [self.operand]

    def set_source_expressions(self, exprs: Sequence[Any]) -> None:
        (self.operand,) = exprs

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        sql, params = compiler.compile(self.operand)
        if connection.vendor == "postgresql":
            kind = self.slot.field.db_type(connection)
            kind = {"bigserial": "bigint", "serial": "integer"}.get(str(kind), kind)
            return f"{sql} = ANY(%s::{kind}[])", [*params, self.slot]
        return f"{sql} IN (SELECT value FROM json_each(%s))", [*params, self.slot]  # noqa: S608 - compiled


class _KeptQuery:
    """A query that has its compiler already."""

    def __init__(self, query: Any, compiler: Any) -> None:
        self._query, self._compiler = query, compiler

    def get_compiler(self, *args: Any, **kwargs: Any) -> Any:
        return self._compiler

    def __getattr__(self, name: str) -> Any:
        return getattr(self._query, name)


@dataclass(frozen=True)
class _Compiled:
    queryset: "QuerySet[Any, Any]"
    compiler: Any
    sql: str
    params: tuple[Any, ...]
    converters: dict[int, Any]


class PreparedSelect(Generic[Row]):
    """Called with the values by name, returns the rows; none for a number no column can hold, as the ORM answers an
    exact lookup. `build` makes the queryset, once per vendor."""

    def __init__(self, build: "Callable[[], QuerySet[Any, Row]]") -> None:
        self._build = build
        self._compiled: dict[str, _Compiled] = {}

    def __call__(self, *, using: str = DEFAULT_DB_ALIAS, **values: Any) -> list[Row]:
        connection = connections[using]
        compiled = self._compiled.get(connection.vendor) or self._compile(connection)
        compiler = copy.copy(compiled.compiler)
        compiler.connection = connection
        compiler.using = using
        try:
            sent = (compiled.sql, _filled(compiled.params, values, connection))
        except _OutOfRange:
            return []
        compiler.as_sql = lambda *args, **kwargs: sent
        compiler.get_converters = lambda expressions: compiled.converters
        compiler.has_composite_fields = lambda expressions: False
        # The iterable classes ask the queryset for its query, and that for a compiler: they get the kept one.
        queryset = object.__new__(type(compiled.queryset))  # copy.copy would run it
        queryset.__dict__.update(compiled.queryset.__dict__, _query=_KeptQuery(compiled.queryset.query, compiler))
        rows: Any = queryset._iterable_class(queryset)
        return list(rows)

    def _compile(self, connection: BaseDatabaseWrapper) -> _Compiled:
        queryset = self._build()
        if queryset._prefetch_related_lookups:  # type: ignore[attr-defined]
            raise ValueError("a prepared statement is one statement: it cannot prefetch")
        compiler = queryset.query.get_compiler(using=connection.alias)
        sql, params = compiler.as_sql()
        columns = [column for column, *_ in compiler.select[: compiler.col_count]]
        if compiler.has_composite_fields(columns):
            raise ValueError("a prepared statement has no composite keys")
        converters = compiler.get_converters(columns)
        found = _Compiled(queryset, compiler, sql, tuple(params), converters)
        self._compiled[connection.vendor] = found
        return found


class PreparedUpdate:
    """`PreparedUpdate(build, **changes)`: runs the UPDATE and says how many rows it changed."""

    def __init__(self, build: "Callable[[], QuerySet[Any, Any]]", changes: Callable[[], dict[str, Any]]) -> None:
        self._build, self._changes = build, changes
        self._compiled: dict[str, tuple[str, tuple[Any, ...]]] = {}

    def __call__(self, *, using: str = DEFAULT_DB_ALIAS, **values: Any) -> int:
        connection = connections[using]
        compiled = self._compiled.get(connection.vendor)
        if compiled is None:
            query: Any = self._build().query.chain(UpdateQuery)
            query.add_update_values(self._changes())
            sql, params = query.get_compiler(using=using).as_sql()
            compiled = self._compiled[connection.vendor] = (sql, tuple(params))
        with connection.cursor() as cursor:
            cursor.execute(compiled[0], _filled(compiled[1], values, connection))
            return int(cursor.rowcount)


class PreparedInsert:
    """`PreparedInsert(model, only_if, ...)`: called with a row and the values of `only_if` by name, writes the row if
    that queryset finds any, in the same statement, and says whether it did. `unique` and `update` as in `insert_rows`,
    the values too."""

    def __init__(
        self,
        model: "type[Model]",
        only_if: "Callable[[], QuerySet[Any, Any]]",
        *,
        unique: Sequence[str] = (),
        update: Sequence[str] = (),
    ) -> None:
        self._model, self._only_if = model, only_if
        self._unique, self._update = tuple(unique), tuple(update)
        self._compiled: dict[str, tuple[list[Any], str, tuple[Any, ...]]] = {}

    def __call__(self, row: "Model", *, using: str = DEFAULT_DB_ALIAS, **values: Any) -> bool:
        connection = connections[using]
        fields, sql, condition = self._compiled.get(connection.vendor) or self._compile(connection)
        params = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
        with connection.cursor() as cursor:
            cursor.execute(sql, [*params, *_filled(condition, values, connection)])
            return cursor.fetchone() is not None

    def _compile(self, connection: BaseDatabaseWrapper) -> tuple[list[Any], str, tuple[Any, ...]]:
        fields = [field for field in self._model._meta.concrete_fields if not field.primary_key]
        names = tuple(field.name for field in fields)
        head, _places, tail = _insert_parts(self._model, names, self._unique, self._update)
        compiler = self._only_if().values_list("pk").query.get_compiler(using=connection.alias)
        condition, params = compiler.as_sql()
        places = ", ".join(["%s"] * len(fields))
        sql = f"{head.removesuffix('VALUES ')}SELECT {places} WHERE EXISTS ({condition}){tail}{_returning(self._model)}"
        found = self._compiled[connection.vendor] = (fields, sql, tuple(params))
        return found


def _filled(params: Sequence[Any], values: dict[str, Any], connection: BaseDatabaseWrapper) -> tuple[Any, ...]:
    return tuple(param.value(values[param.name], connection) if isinstance(param, _Slot) else param for param in params)


def update_rows(rows: "Iterable[Model]", fields: Sequence[str], *, using: str = DEFAULT_DB_ALIAS) -> None:
    """Writes these fields of rows of one model by their keys, in one UPDATE (of up to MOST_VALUES); what `bulk_update`
    does without a CASE for each value. Values are taken as they stand; a row that is no longer there stays away."""
    found = list(rows)
    if not found:
        return
    connection = connections[using]
    written, head, places, tail = _update_parts(type(found[0]), tuple(fields), connection.vendor)
    for batch in _batches(found, len(written)):
        params = [item.get_db_prep_save(getattr(row, item.attname), connection) for row in batch for item in written]
        with connection.cursor() as cursor:
            cursor.execute(head + ", ".join([places] * len(batch)) + tail, params)


@cache
def _update_parts(model: type[Model], names: tuple[str, ...], vendor: str) -> tuple[list[Any], str, str, str]:
    """As `_insert_parts`; the key is the first field. Both vendors call the columns of VALUES column1, column2, ..."""
    meta: Any = model._meta
    written = [meta.pk, *(meta.get_field(name) for name in names)]
    changes = ", ".join(f'"{item.column}" = told.column{place}' for place, item in enumerate(written[1:], 2))
    places = ", ".join(f"%s{_cast(item, vendor)}" for item in written)
    head = f'UPDATE "{meta.db_table}" SET {changes} FROM (VALUES '  # noqa: S608 - names of our own tables
    return written, head, f"({places})", f') AS told WHERE "{meta.db_table}"."{written[0].column}" = told.column1'


def _cast(item: Any, vendor: str) -> str:
    """PostgreSQL takes values it is told nothing of for text. Without a length: too long a text must be refused, and a
    cast would cut it."""
    if vendor != "postgresql":
        return ""
    return "::" + str(item.rel_db_type(connections[DEFAULT_DB_ALIAS])).partition("(")[0]


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
    connection, model = connections[using], type(rows[0])
    for row in rows:
        row._prepare_related_fields_for_save(operation_name="insert_rows")  # type: ignore[attr-defined]
    fields = [field for field in model._meta.concrete_fields if rows[0].pk is not None or not field.primary_key]
    names = tuple(field.name for field in fields)
    head, places, tail = _insert_parts(model, names, tuple(unique), tuple(update))
    for batch in _batches(rows, len(fields)):
        params = [field.get_db_prep_save(getattr(row, field.attname), connection) for row in batch for field in fields]
        with connection.cursor() as cursor:
            cursor.execute(head + ", ".join([places] * len(batch)) + tail + _returning(model), params)
            keys = cursor.fetchall()
        for row, (key,) in zip(batch, keys, strict=True):
            row.pk = key
            row._state.adding = False
            row._state.db = using


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
    if not rows:
        return
    head, places, tail = _insert_parts(model, tuple(names), tuple(unique), tuple(update))
    guard = _column(model, newer)
    tail += f' WHERE "{model._meta.db_table}"."{guard}" < EXCLUDED."{guard}"'
    with connections[using].cursor() as cursor:
        for batch in _batches(rows, len(names)):
            cursor.execute(head + ", ".join([places] * len(batch)) + tail, list(chain.from_iterable(batch)))


@cache
def _insert_parts(
    model: type[Model], names: tuple[str, ...], unique: tuple[str, ...], update: tuple[str, ...]
) -> tuple[str, str, str]:
    """The statement before, in and after the places of a row."""
    columns = ", ".join(f'"{_column(model, name)}"' for name in names)
    places = "(" + ", ".join(["%s"] * len(names)) + ")"
    head = f'INSERT INTO "{model._meta.db_table}" ({columns}) VALUES '  # noqa: S608 - names of our own tables
    if not unique:
        return head, places, ""
    held = ", ".join(f'"{_column(model, name)}"' for name in unique)
    changes = ", ".join(f'"{_column(model, name)}" = EXCLUDED."{_column(model, name)}"' for name in update)
    return head, places, f" ON CONFLICT ({held}) DO UPDATE SET {changes}"


def _returning(model: type[Model]) -> str:
    return f' RETURNING "{_column(model, str(model._meta.pk and model._meta.pk.name))}"'


def _column(model: type[Model], name: str) -> str:
    return str(model._meta.get_field(name).column)  # type: ignore[union-attr]
