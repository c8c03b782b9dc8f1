"""Find: a typed text through the passes, over any engine. The shop and the relevance evaluation both come here."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from search.analysis.concepts import Concepts
from search.engines.base import TOTAL_CAP, EngineAnswer, FacetRequest, Hit, Key, SearchEngine, SearchRequest
from search.engines.resume import Shown, last_shown, search_behind
from search.query.marks import NO_MARKS, Marks
from search.query.passes import Pass, Plan, plan
from search.query.vocabulary import Vocabulary

ENOUGH = 24  # hits that make wider passes needless
BROWSE, NOTHING = "browse", "nothing"
Facets = Mapping[str, tuple[tuple[str, int], ...]]


@dataclass(frozen=True)
class Cursor:
    """Where the next page begins: the pass, and the key of the last hit it has shown. `shown`: where scores
    drift, the last hits with theirs."""

    number: int
    key: Key
    shown: Shown = ()


@dataclass(frozen=True)
class Found:
    """`total` and `facets` add up over the passes that ran: the same ones for every page, whatever its size, and for
    every choice of filters. `pass_name`: the strictest pass with hits. `corrected`: a likelier spelling when the text
    as typed had no strict hit and something was found with it. `cursor`: None on the last page."""

    hits: tuple[Hit, ...]
    total: int
    facets: Facets = field(default_factory=dict)
    pass_name: str = NOTHING
    ran: tuple[str, ...] = ()
    corrected: str = ""
    cursor: Cursor | None = None
    marks: Marks = NO_MARKS


def find(
    engine: SearchEngine,
    text: str,
    request: SearchRequest,
    *,
    concepts: Concepts,
    vocabulary: Vocabulary,
    cursor: Cursor | None = None,
) -> Found:
    """`request` brings filters, facets, bonuses, sort and page; its tree is ours. A blank text browses. The page begins
    at the cursor or, without one, at `request.offset`, counted over all passes.

    Sorted by a number there is one list, not one per pass: of the strictest pass with hits. Raises what the engine
    raises."""
    if not text.strip():
        return _browse(engine, request, cursor)
    planned = plan(text, concepts, vocabulary)
    walk = _Walk(engine, request, planned, cursor)
    return Found(
        hits=tuple(walk.hits),
        total=min(walk.total, TOTAL_CAP),
        facets=together(request.facets, walk.facets),
        pass_name=walk.first,
        ran=tuple(walk.ran),
        corrected=planned.corrected if walk.first not in (NOTHING, *walk.ran[:1]) else "",
        cursor=walk.next,
        marks=planned.marks,
    )


def _browse(engine: SearchEngine, request: SearchRequest, cursor: Cursor | None) -> Found:
    request = replace(request, must=None, excluded=())
    answer = _search_behind(cursor, engine, request)
    following = _cursor_behind(answer, 0, cursor) if answer.has_more else None
    return Found(answer.hits, answer.total, answer.facets, BROWSE, (BROWSE,), cursor=following)


def _search_behind(cursor: Cursor | None, engine: SearchEngine, request: SearchRequest) -> EngineAnswer:
    return engine.search(request) if cursor is None else search_behind(engine, request, cursor.key, cursor.shown)


def _cursor_behind(answer: EngineAnswer, number: int, cursor: Cursor | None) -> Cursor | None:
    if answer.last is None:
        return None
    if not answer.last.drifts:
        return Cursor(number, answer.last)
    before = cursor.shown if cursor is not None and cursor.number == number else ()
    return Cursor(number, answer.last, last_shown(before, answer.hits))


class _Walk:
    """From pass to pass, each without the hits of those before it. A wider one follows where those before have too few,
    counted without what the buyer chose: else a chosen value would bring more than was counted for it."""

    def __init__(self, engine: SearchEngine, request: SearchRequest, planned: Plan, cursor: Cursor | None) -> None:
        self.engine = engine
        self.request = request
        self.cursor = cursor
        self.hits: list[Hit] = []
        self.total = 0
        self.unchosen = 0  # as far as it matters
        self.facets: list[Facets] = []
        self.first = NOTHING
        self.ran: list[str] = []
        self.next: Cursor | None = None
        self._behind: Cursor | None = None
        for number, step in enumerate(planned.passes):
            if self._needs(number):
                self._run(number, step)

    def _needs(self, number: int) -> bool:
        is_passed = self.cursor is not None and number <= self.cursor.number
        return is_passed or self.unchosen < self._enough

    @property
    def _enough(self) -> int:
        return 1 if self.request.sort.field else ENOUGH

    def _run(self, number: int, step: Pass) -> None:
        here = self.cursor if self.cursor is not None and number == self.cursor.number else None
        asked = self._page(number, step)
        answer = _search_behind(here, self.engine, asked)
        self.hits.extend(answer.hits)
        self.ran.append(step.name)
        if answer.total and self.first == NOTHING:
            self.first = step.name
        self.total += answer.total
        self.facets.append(answer.facets)
        self.unchosen += self._unchosen(asked, answer.total)
        self._follow(number, answer)

    def _unchosen(self, asked: SearchRequest, total: int) -> int:
        if not asked.chosen or self.unchosen + total >= self._enough:
            return total
        return self.engine.search(replace(asked, chosen={}, facets=(), bonuses=(), offset=0, size=0)).total

    def _follow(self, number: int, answer: EngineAnswer) -> None:
        """Where the next page begins: behind the hit that filled this one, if any follows it in this pass or later."""
        if self._behind is not None:
            self.next = self.next or (self._behind if answer.total else None)
        elif len(self.hits) >= self.request.size > 0:
            self._behind = _cursor_behind(answer, number, self.cursor)
            self.next = self._behind if answer.has_more else None

    def _page(self, number: int, step: Pass) -> SearchRequest:
        """Where to begin in this pass and how many hits to fetch: none from passes that earlier pages used up, and none
        when this page is full, but to count."""
        size = self.request.size - len(self.hits)
        cursor = self.cursor
        offset = max(0, self.request.offset - self.total) if cursor is None and size else 0
        if cursor is not None and number < cursor.number:
            size = 0
        return replace(self.request, must=step.tree, excluded=step.excluded, offset=offset, size=size)


def together(facets: Sequence[FacetRequest], counted: Sequence[Facets]) -> Facets:
    """The counts of lists that share no hit, such as passes; those of a single one are in order already."""
    if len(counted) == 1:
        return counted[0]
    return {facet.name: _added(facet, [found[facet.name] for found in counted]) for facet in facets}


def _added(facet: FacetRequest, counted: Iterable[Iterable[tuple[str, int]]]) -> tuple[tuple[str, int], ...]:
    counts: Counter[str] = Counter()
    for found in counted:
        counts.update(dict(found))
    if facet.buckets:
        return tuple((str(place), counts[str(place)]) for place in range(len(facet.buckets)))
    return tuple(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[: facet.size])
