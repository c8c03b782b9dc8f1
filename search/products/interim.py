from collections.abc import Mapping
from dataclasses import dataclass, replace

from search.analysis.streams import bigrams, characters, pieces, words
from search.engines.base import Hit, SearchEngine, SearchRequest
from search.query.tree import AllOf, AnyOf, BestOf, Node, Term


@dataclass(frozen=True)
class Found:
    hits: tuple[Hit, ...]
    total: int
    facets: Mapping[str, tuple[tuple[str, int], ...]]
    pass_name: str
    corrected: str = ""


def find(engine: SearchEngine, text: str, request: SearchRequest) -> Found:
    last = None
    for name, tree in _trees(text):
        answer = engine.search(replace(request, must=tree))
        last = Found(answer.hits, answer.total, answer.facets, name)
        if answer.total:
            return last
    return replace(last, pass_name="nothing") if last else Found((), 0, {}, "nothing")  # noqa: S106


def _trees(text: str) -> list[tuple[str, Node | None]]:
    if not text.strip():
        return [("browse", None)]
    trees: list[tuple[str, Node | None]] = []
    tokens = words(text)[:12]
    parts = [BestOf((Term("words", t, 3.0), Term("body", t, 1.0))) for t in tokens]
    if parts:
        trees.append(("strict", AllOf(tuple(parts))))
    if grams := bigrams(text)[:12]:
        trees.append(("bigrams", AllOf(tuple(Term("bi", g) for g in grams))))
    if latin := "".join(p.text for p in pieces(text) if p.kind == "latin"):
        trees.append(("pinyin", AnyOf((Term("py", latin), Term("py", f"_{latin}")))))
    if parts:
        trees.append(("relaxed", AnyOf(tuple(parts))))
    if chars := characters(text)[:12]:
        trees.append(("characters", AllOf(tuple(Term("u", c) for c in chars))))
    return trees
