"""Before a new index answers: it holds the documents of the database, each of them, and finds them."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from search.engines.base import EngineError, SearchEngine
from search.products.actions.check_hits import ask_for_known
from search.products.models import SearchDocument

PAGE = 2_000


class IndexIncomplete(EngineError):
    """The new index does not hold what the database holds; the old one goes on answering."""


@dataclass(frozen=True)
class Written:
    """What went into the new index. Versions drawn before and after the last step, which wrote the products `last`;
    `failed`: products whose document could not be made."""

    before: int
    after: int
    last: Collection[int]
    failed: Collection[int]

    def must_hold(self, product_id: int, version: int) -> bool:
        """Not what somebody else has written since: that is written again after the swap. (Where writers take turns
        nobody has.)"""
        return version < self.before or (version < self.after and product_id in self.last)


def verified(engine: SearchEngine, generation: str, written: Written) -> int:
    """How many documents it holds. Raises IndexIncomplete when one is missing, is left over, or is not found."""
    standing = SearchDocument.objects.filter(is_gone=False).exclude(product_id__in=written.failed)
    documents, held, missing = engine.count(generation=generation), 0, []
    for rows in _pages(standing):
        found = engine.versions([pid for _, pid, _, _ in rows], generation=generation)
        held += len(found)
        missing += [
            pid for _, pid, product_id, version in rows if pid not in found and written.must_hold(product_id, version)
        ]
    gone_since = SearchDocument.objects.filter(is_gone=True, version__gt=written.before).count()
    if missing or documents - held > gone_since:
        lost = f", without {len(missing)}: {', '.join(missing[:10])}" if missing else ""
        raise IndexIncomplete(f"{generation} holds {documents} documents, the database {standing.count()}{lost}")
    if missed := ask_for_known(engine, generation, standing):
        raise IndexIncomplete(f"{generation} does not find by their own names: {', '.join(missed)}")
    return documents


def outdated_products(engine: SearchEngine, generation: str | None, begun: int) -> set[int]:
    """Products whose rows say something newer than the index (None: the live one), where a new document counts when it
    came after the version `begun`. By versions, not by the time of events: what a long transaction or a clock that was
    set back has dated before the rebuild is found too."""
    found: set[int] = set()
    for rows in _pages(SearchDocument.objects.all(), "is_gone"):
        held = engine.versions([pid for _, pid, *_ in rows], generation=generation)
        for _, pid, product_id, version, is_gone in rows:
            is_there = pid in held
            if (is_there and (is_gone or held[pid] < version)) or not (is_there or is_gone or version <= begun):
                found.add(product_id)
    return found


def _pages(standing: "QuerySet[SearchDocument]", *more: str) -> Iterator[list[tuple[Any, ...]]]:
    """Key, pid, product, version and what else is wanted."""
    last = 0
    columns = ("pk", "pid", "product_id", "version", *more)
    while rows := list(standing.filter(pk__gt=last).order_by("pk").values_list(*columns)[:PAGE]):
        yield rows
        last = rows[-1][0]
