"""Write documents: load the state as it is now, into the database rows and every engine."""

from collections.abc import Iterable, Sequence

from search.engines.base import EngineError, IndexMissing, IndexUnfit, SearchEngine
from search.products.documents import load_documents
from search.products.engine import database_engine, search_desk
from search.products.turn import NoTurn, writers_turn
from search.products.unchanged import for_new_index
from search.products.versions import draw_version

BATCH = 500


def write_products(product_ids: Iterable[int]) -> dict[int, Exception]:
    """Effects per 500 products: a version is drawn, their state loaded, the rows written, the engines written. Returns
    the products whose document could not be made, with the reason; all others are written. Raises EngineError when an
    engine is away: all rows are written then, which answer meanwhile, and the caller is to come again; but at once when
    there is no index, for who builds one writes everything."""
    ids = sorted(set(product_ids))
    failed: dict[int, Exception] = {}
    trouble: EngineError | None = None
    for start in range(0, len(ids), BATCH):
        batch = ids[start : start + BATCH]
        if trouble is None:
            try:
                with writers_turn():
                    failed.update(write_batch(batch, search_desk().written))
                continue
            except EngineError as error:
                trouble = error
                if isinstance(error, IndexMissing) and not isinstance(error, IndexUnfit):
                    raise
                if not isinstance(error, NoTurn):
                    continue
        failed.update(write_batch(batch, ()))
    if trouble is not None:
        raise trouble
    return failed


def write_batch(
    ids: Sequence[int], engines: Sequence[SearchEngine], generation: str | None = None
) -> dict[int, Exception]:
    """One batch, by whoever has the turn. `generation` names an index that is being built. One engine that is
    away does not keep the change from the others; its error is raised when they have it."""
    loaded = load_documents(ids, draw_version())
    rows = loaded
    if generation is not None:
        loaded, rows = for_new_index(loaded, ids)
    database_engine().write(rows.documents, rows.deletions)
    errors: list[EngineError] = []
    for engine in engines:
        try:
            if generation is None:
                search_desk().require_fit(engine)
            engine.write(loaded.documents, loaded.deletions, generation=generation)
        except EngineError as error:
            errors.append(error)
    if errors:
        raise errors[0]
    return loaded.failed
