"""Documents as rows of a tantivy index, checked against the schema: tantivy itself drops unknown fields in silence."""

from collections.abc import Iterable

import tantivy

from search.engines.base import STREAMS, Deletion, Document, Schema
from search.engines.fit import check_document
from search.engines.tantivy_query import PID, PID_HEAD, PID_TAIL, SHOW, VERSION, index_option


def tantivy_schema(schema: Schema) -> tantivy.Schema:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field(PID, stored=True, fast=True, tokenizer_name="raw", index_option="basic")
    builder.add_unsigned_field(PID_HEAD, fast=True)
    builder.add_unsigned_field(PID_TAIL, fast=True)
    builder.add_integer_field(VERSION, stored=True, fast=True)
    builder.add_bytes_field(SHOW, stored=True)
    for stream in STREAMS:
        builder.add_text_field(stream, tokenizer_name="whitespace", index_option=index_option(stream))
    for field in schema.fields:
        if field.kind == "keyword":
            builder.add_text_field(field.name, fast=True, tokenizer_name="raw", index_option="basic")
        elif field.kind == "number":
            builder.add_integer_field(field.name, indexed=True, fast=True)
        elif field.kind == "flag":
            builder.add_boolean_field(field.name, indexed=True, fast=True)
        else:
            raise ValueError(f"no field kind {field.kind!r}")
    return builder.build()


def newest_changes(documents: Iterable[Document], deletions: Iterable[Deletion]) -> dict[str, Document | Deletion]:
    newest: dict[str, Document | Deletion] = {}
    changes: list[Document | Deletion] = [*deletions, *documents]
    for change in changes:
        if change.pid not in newest or change.version >= newest[change.pid].version:
            newest[change.pid] = change
    return newest


def row_of(document: Document, schema: Schema) -> tantivy.Document:
    """Raises ValueError for a document that does not fit the schema."""
    check_document(document, schema)
    row = tantivy.Document()
    row.add_text(PID, document.pid)
    head, tail = halves(document.pid)
    row.add_unsigned(PID_HEAD, head)
    row.add_unsigned(PID_TAIL, tail)
    row.add_integer(VERSION, document.version)
    row.add_bytes(SHOW, document.show_json)
    for stream in STREAMS:
        row.add_text(stream, document.streams[stream])
    for name, values in document.keywords.items():
        for value in dict.fromkeys(values):
            row.add_text(name, value)
    for name, number in document.numbers.items():
        row.add_integer(name, number)
    for name, flag in document.flags.items():
        row.add_boolean(name, flag)
    return row


def halves(pid: str) -> tuple[int, int]:
    """The first sixteen bytes as two numbers that sort like the text, read from memory instead of from the store."""
    raw = pid.encode("utf-8")[:16].ljust(16, b"\0")
    return int.from_bytes(raw[:8], "big"), int.from_bytes(raw[8:], "big")


def whole_pid(head: float | None, tail: float | None) -> str:
    """The inverse for a pid that is shorter than its sixteen bytes; empty when there may be more of it."""
    raw = int(head or 0).to_bytes(8, "big") + int(tail or 0).to_bytes(8, "big")
    return raw.rstrip(b"\0").decode("utf-8") if raw[-1] == 0 else ""
