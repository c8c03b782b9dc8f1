"""Documents of a small schema, and what an engine finds among them."""

from collections.abc import Iterable, Mapping

from search.engines.base import (
    STREAMS,
    Document,
    EngineAnswer,
    Field,
    Schema,
    SearchEngine,
    SearchRequest,
)

SCHEMA = Schema(
    fields=(
        Field("channels", "keyword"),
        Field("grade", "keyword"),
        Field("attributes", "keyword"),
        Field("price", "number"),
        Field("updated", "number"),
        Field("in_stock", "flag"),
    ),
    version="contract-1",
)
LONG = "x" * 200


def document(
    pid: str,
    words: str = "_",
    *,
    version: int = 1,
    keywords: Mapping[str, tuple[str, ...]] | None = None,
    numbers: Mapping[str, int] | None = None,
    in_stock: bool | None = None,
    **streams: str,
) -> Document:
    return Document(
        pid=pid,
        streams={**dict.fromkeys(STREAMS, "_"), "words": words, **streams},
        keywords=keywords or {},
        numbers=numbers or {},
        flags={} if in_stock is None else {"in_stock": in_stock},
        show={"name": f"名 {pid}", "price": 1250},
        version=version,
    )


def build(engine: SearchEngine, documents: Iterable[Document], generation: str = "g1") -> None:
    engine.create(SCHEMA, generation)
    engine.write(documents, generation=generation)
    engine.swap(generation)
    engine.refresh()


def pids(answer: EngineAnswer) -> list[str]:
    return [hit.pid for hit in answer.hits]


def find(engine: SearchEngine, **request: object) -> list[str]:
    return pids(engine.search(SearchRequest(**request)))  # type: ignore[arg-type]


FRUIT = (
    document("a", "红枣 新疆 5000g", py="hongzao _hz", keywords={"channels": ("domestic",), "grade": ("top",)}),
    document("b", "红枣 2500g", keywords={"channels": ("domestic", "export"), "grade": ("first",)}),
    document("c", "核桃 新疆", body="红枣", keywords={"channels": ("export",), "grade": ("top",)}),
)
