"""Statements that are written with the ORM and compiled once.

Most of what a small query costs in Python is Django turning it into SQL, the same SQL every time. On the few hottest
paths a query is therefore built once with `Param` in the places of its values, kept per database vendor, and run again
with other values. Rows come back as the same model instances or tuples as from the queryset itself. See
docs/decisions/0005.
"""

import copy
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BigIntegerField, CharField, Expression, Field, Model, QuerySet
from django.db.models.query import ValuesListIterable
from django.db.models.sql import UpdateQuery

from market.common.bulk import insert_parts, returning

Row = TypeVar("Row")


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
        plain = {BigIntegerField: int, CharField: str}.get(type(self.field))
        is_plain = plain is not None and all(type(item) is plain for item in given)
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
    """The place of a list, one statement for any length: `filter(IsIn(F("pk"), "keys", BigIntegerField()))`.

    `is_short`: a handful as a rule. PostgreSQL plans a list it can see the length of anew each time, which costs more
    than to look up a handful; of one that comes out of a SELECT it keeps the plan."""

    conditional = True

    def __init__(self, operand: Any, name: str, item_field: "Field[Any, Any]", *, is_short: bool = False) -> None:
        super().__init__(output_field=models.BooleanField())
        self.operand, self.is_short = operand, is_short
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
            values = f"(SELECT %s::{kind}[])" if self.is_short else "%s"
            return f"{sql} = ANY({values}::{kind}[])", [*params, self.slot]
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
        try:
            sent = (compiled.sql, _filled(compiled.params, values, connection))
        except _OutOfRange:
            return []
        if compiled.queryset._iterable_class is ValuesListIterable:
            with connection.cursor() as cursor:
                cursor.execute(*sent)
                return _converted(cursor.fetchall(), compiled.converters, connection)
        compiler = copy.copy(compiled.compiler)
        compiler.connection = connection
        compiler.using = using
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
    """`PreparedInsert(model, names, only_if, ...)`: called with a value for each of `names` (fields of the model) and
    the values of `only_if` by name, writes the row if that queryset finds any, in the same statement, and says whether
    it did. Fields without a name take their default, which is the same for every row. `unique` and `update` as in
    `insert_rows`, the values too."""

    def __init__(
        self,
        model: "type[Model]",
        names: Sequence[str],
        only_if: "Callable[[], QuerySet[Any, Any]]",
        *,
        unique: Sequence[str] = (),
        update: Sequence[str] = (),
    ) -> None:
        self._model, self._names, self._only_if = model, tuple(names), only_if
        self._unique, self._update = tuple(unique), tuple(update)
        self._compiled: dict[str, _CompiledInsert] = {}

    def __call__(self, row: Sequence[Any], *, using: str = DEFAULT_DB_ALIAS, **values: Any) -> bool:
        connection = connections[using]
        kept = self._compiled.get(connection.vendor) or self._compile(connection)
        params = [field.get_db_prep_save(value, connection) for field, value in zip(kept.fields, row, strict=True)]
        with connection.cursor() as cursor:
            cursor.execute(kept.sql, [*params, *kept.defaults, *_filled(kept.condition, values, connection)])
            return cursor.fetchone() is not None

    def _compile(self, connection: BaseDatabaseWrapper) -> "_CompiledInsert":
        meta: Any = self._model._meta
        named = [meta.get_field(name) for name in self._names]
        others = [field for field in meta.concrete_fields if not field.primary_key and field not in named]
        names = tuple(field.name for field in (*named, *others))
        head, tail = insert_parts(self._model, names, self._unique, self._update)
        compiler = self._only_if().values_list("pk").query.get_compiler(using=connection.alias)
        condition, params = compiler.as_sql()
        places = ", ".join(["%s"] * len(names))
        sql = f"{head}SELECT {places} WHERE EXISTS ({condition}){tail}{returning(self._model)}"
        defaults = tuple(field.get_db_prep_save(field.get_default(), connection) for field in others)
        found = self._compiled[connection.vendor] = _CompiledInsert(tuple(named), defaults, sql, tuple(params))
        return found


@dataclass(frozen=True)
class _CompiledInsert:
    fields: tuple[Any, ...]
    defaults: tuple[Any, ...]
    sql: str
    condition: tuple[Any, ...]


def _converted(rows: list[Any], converters: dict[int, Any], connection: BaseDatabaseWrapper) -> list[Any]:
    """Plain values as the fields would give them: what the ORM does, without a generator for each step of it."""
    if not converters:
        return rows
    found = [list(row) for row in rows]
    for place, (steps, expression) in converters.items():
        for row in found:
            for convert in steps:
                row[place] = convert(row[place], expression, connection)
    return [tuple(row) for row in found]


def _filled(params: Sequence[Any], values: dict[str, Any], connection: BaseDatabaseWrapper) -> tuple[Any, ...]:
    return tuple(param.value(values[param.name], connection) if isinstance(param, _Slot) else param for param in params)
