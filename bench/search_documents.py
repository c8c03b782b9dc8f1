"""What the search figures work on: the season's documents, and copies of them when more are asked for."""

import gc
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from bench.stage import Stage

if TYPE_CHECKING:
    from search.analysis.concepts import Concepts
    from search.engines.base import Document, SearchEngine, SearchRequest
    from search.products.answer import SearchQuery
    from search.products.documents import Loaded
    from search.query.passes import Plan
    from search.query.tree import Node
    from search.query.vocabulary import Vocabulary

BATCH = 500
APART = 10**9  # between the numbers of copies of one product
TEXTS = ("灰枣", "红枣", "核桃", "walnut", "葡萄干", "苹果", "jujube", "орехи")


@dataclass
class Corpus:
    """The shop's own engine. `full`: texts whose first pass fills a page; `one_word`: those of them that are one
    token."""

    engine: "SearchEngine"
    concepts: "Concepts"
    vocabulary: "Vocabulary"
    documents: int
    products: list[int]
    category: str
    full: tuple[str, ...] = ()
    one_word: tuple[str, ...] = ()
    plans: dict[str, "Plan"] = field(default_factory=dict)

    def query(self, text: str, **wishes: Any) -> "SearchQuery":
        from search.products.answer import SearchQuery

        return SearchQuery(text=text, **wishes)

    def request(self, text: str, **wishes: Any) -> "SearchRequest":
        """As the shop asks, but hits bring along what they show, as somebody without the shop's database needs them."""
        from search.products.rated import is_any_rated
        from search.products.request import request_of

        query = self.query(text, **wishes)
        return replace(request_of(query, month=11, currency="CNY", is_rated=is_any_rated()), with_show=True)

    def plan(self, text: str) -> "Plan":
        from search.query.passes import plan

        if text not in self.plans:
            self.plans[text] = plan(text, self.concepts, self.vocabulary)
        return self.plans[text]

    def strict(self, text: str) -> "Node":
        return self.plan(text).passes[0].tree

    def load(self, ids: Sequence[int]) -> "Loaded":
        from search.products.documents import load_documents

        return load_documents(ids, 0)

    def token(self, text: str) -> str:
        from search.analysis.concepts import query_words

        return query_words(text)[0].token

    def one_term(self, text: str) -> Any:
        """The shop's call for one word of one stream instead of all that a pass knows of it."""
        from search.query.tree import Term

        return self.engine.search(replace(self.request(text), must=Term("words", self.token(text))))

    def raw_term(self, text: str) -> Any:
        """What the library alone takes for one word: 24 hits by score, with what is stored of them."""
        from search.engines.tantivy import TantivyEngine

        token = self.token(text)
        if isinstance(self.engine, TantivyEngine):
            from tantivy import Query

            reader = self.engine._read()
            found = reader.searcher.search(Query.term_query(reader.index.schema, "words", token, "position"), limit=24)
            return [reader.searcher.doc(address) for _, address in found.hits]
        client, alias = self.engine._searcher, self.engine._alias  # type: ignore[attr-defined]
        return client.search(index=alias, query={"term": {"words": token}}, size=24, track_total_hits=10_000)


def corpus_of(stage: Stage) -> Corpus:
    from catalog.products.models import Product
    from search.engines.base import SearchRequest
    from search.products.engine import search_desk
    from search.products.models import SearchDocument
    from search.products.words import search_concepts, search_vocabulary

    products = list(Product.objects.published().order_by("pk").values_list("pk", flat=True))
    engine = search_desk().main
    standing = SearchDocument.objects.filter(is_gone=False).count()
    if stage.products > standing:
        for copies in _copies(products, stage.products - standing):
            _write(engine, copies)
        engine.refresh()
    slug = Product.objects.values_list("category__path", flat=True)[0].split("/")[1]
    vocabulary = search_vocabulary()
    vocabulary.load_spelling()
    corpus = Corpus(engine, search_concepts(), vocabulary, engine.count(), products, slug)
    fills = [text for text in TEXTS if engine.search(SearchRequest(must=corpus.strict(text), size=1)).total >= 24]
    corpus.full = tuple(fills)
    corpus.one_word = tuple(text for text in fills if text in ("灰枣", "核桃", "walnut", "jujube"))
    gc.collect()
    gc.freeze()  # as web and worker do when their dictionaries are loaded
    return corpus


def _copies(products: Sequence[int], missing: int) -> "Iterator[list[Document]]":
    """Copies under numbers of their own, with the description of a neighbour, so that no two documents are alike."""
    from search.products.documents import load_documents
    from search.products.versions import draw_version

    turn = 0
    while missing > 0:
        turn += 1
        for start in range(0, len(products), BATCH):
            loaded = load_documents(products[start : start + BATCH], draw_version()).documents[:missing]
            neighbours = [*loaded[turn:], *loaded[:turn]]
            yield [_copy(document, other, turn) for document, other in zip(loaded, neighbours, strict=True)]
            missing -= len(loaded)
            if missing <= 0:
                return


def _copy(document: "Document", other: "Document", turn: int) -> "Document":
    number, _, channel = document.pid.partition("-")
    body = {"body": other.streams["body"]}
    return replace(document, pid=f"{turn * APART + int(number)}-{channel}", streams={**document.streams, **body})


def _write(engine: "SearchEngine", documents: "list[Document]") -> None:
    """To the index and to the rows that shown hits are looked up in; a copy's row is of the product it copies."""
    from search.engines.database import DatabaseEngine
    from search.products.models import SearchDocument

    def columns(pid: str) -> dict[str, Any]:
        number, _, channel = pid.partition("-")
        return {"product_id": int(number) % APART, "channel": channel}

    DatabaseEngine(SearchDocument.objects.all, columns).write(documents)
    engine.write(documents)
