"""Write documents: load the state as it is now, into the database rows and every engine."""

from collections.abc import Iterable, Sequence

from search.engines.base import EngineError, SearchEngine
from search.products.documents import load_documents
from search.products.engine import database_engine, search_desk
from search.products.turn import writers_turn
from search.products.versions import draw_version

BATCH = 500


def write_products(product_ids: Iterable[int]) -> dict[int, Exception]:
    """Effects per 500 products: a version is drawn, their state loaded, the rows written, the engines written. Returns
    the products whose document could not be made, with the reason; all others are written. Raises EngineError when an
    engine is away: the rows are written then, the engine is not, and the caller is to come again."""
    ids = sorted(set(product_ids))
    failed: dict[int, Exception] = {}
    for start in range(0, len(ids), BATCH):
        with writers_turn():
            failed.update(write_batch(ids[start : start + BATCH], search_desk().written))
    return failed


def write_batch(
    ids: Sequence[int], engines: Sequence[SearchEngine], generation: str | None = None
) -> dict[int, Exception]:
    """One batch, by whoever has the turn. `generation` names an index that is being built. One engine that is
    away does not keep the change from the others; its error is raised when they have it."""
    loaded = load_documents(ids, draw_version())
    database_engine().write(loaded.documents, loaded.deletions)
    errors: list[EngineError] = []
    for engine in engines:
        try:
            engine.write(loaded.documents, loaded.deletions, generation=generation)
        except EngineError as error:
            errors.append(error)
    if errors:
        raise errors[0]
    return loaded.failed
